// Remembers what a person edited here for a while and says so when somebody sets it back, with the row's own note.
import { App } from 'antd';
import { useEffect } from 'react';
import type { Cells, Field, Row } from '../feishu';
import { type Ground, useGround } from '../ground/Ground';
import { onNews } from '../live';
import { useWords } from '../words';
import { sameCell, textOf } from '../cells/shapes';
import { read } from './writes';

/** Columns in which the plugin says why, the first that says something. */
export const NOTES = ['规则提示', '校验结果', '校验提示', '不通过原因', '退回原因', 'Rule hint', 'Check result'];
const REMEMBERED_MS = 120_000;

type Edit = { tableId: string; before: Cells; after: Cells; at: number };
const edits = new Map<string, Edit>();

/** Notes an edit of one row, besides what was edited there a moment ago; cells in the shown shape, only those that were changed. */
export function remember(ground: Ground, recordId: string, before: Cells, after: Cells): void {
  const earlier = isWatched(recordId, ground.tableId) ? edits.get(recordId) : undefined;
  edits.set(recordId, {
    tableId: ground.tableId,
    before: { ...earlier?.before, ...before },
    after: { ...earlier?.after, ...after },
    at: Date.now(),
  });
}

export function noteOf(fields: Field[], cells: Cells, ground: Ground): string {
  const around = { zone: ground.base.time_zone, people: ground.people };
  const columns = NOTES.map((name) => fields.find((field) => field.field_name === name));
  const texts = columns.map((field) => (field ? textOf(field, cells[field.field_name], around) : ''));
  return texts.find((text) => text !== '') ?? '';
}

/** The columns of an edit that show again what stood there before it. */
export function putBack(fields: Field[], edit: Pick<Edit, 'before' | 'after'>, cells: Cells): Field[] {
  return fields.filter(
    (field) =>
      field.field_name in edit.after &&
      sameCell(field, cells[field.field_name], edit.before[field.field_name]) &&
      !sameCell(field, edit.before[field.field_name], edit.after[field.field_name]),
  );
}

/** Watches the table that is shown. */
export function PutBacks() {
  const ground = useGround();
  const { say } = useWords();
  const { notification } = App.useApp();
  useEffect(() => {
    const tell = (row: Row) => {
      const edit = edits.get(row.record_id); // two readings may overlap: the first has told it
      const back = edit ? putBack(ground.fields, edit, row.fields) : [];
      if (back.length === 0) return;
      edits.delete(row.record_id);
      const names = back.map((field) => field.field_name).join('、');
      notification.warning({
        key: row.record_id,
        title: say({ zh: `「${names}」已退回原值`, en: `“${names}” was put back` }),
        description: noteOf(ground.fields, row.fields, ground),
        placement: 'bottomRight',
        duration: 12,
      });
    };
    return onNews((items) => {
      const ids = (items ?? []).flatMap((item) => item.record_ids ?? []).filter((id) => isWatched(id, ground.tableId));
      if (ids.length > 0) void read(ground, [...new Set(ids)].slice(0, 100)).then((rows) => rows.forEach(tell), () => {});
    });
  }, [ground, notification, say]);
  return null;
}

function isWatched(recordId: string, tableId: string): boolean {
  const edit = edits.get(recordId);
  return edit !== undefined && edit.tableId === tableId && Date.now() - edit.at < REMEMBERED_MS;
}
