// Copying from and pasting into the grid, several cells and rows at once; a paste is one call.
import type { GridApi } from 'ag-grid-community';
import { App } from 'antd';
import type { ClipboardEvent } from 'react';
import { asShown, textOf } from '../cells/shapes';
import type { Cells, Field, Row } from '../feishu';
import { type Ground, useGround } from '../ground/Ground';
import type { Places } from '../records/places';
import { remember } from '../records/putbacks';
import { useRefusal } from '../records/refusals';
import { BATCH, create, update } from '../records/writes';
import { useWords } from '../words';
import { asLines, cellsOf, layOver, type Paste } from './paste';

type Api = { current: GridApi<Row> | null };

export function useClipboard(api: Api, places: Places, fields: Field[], chosen: Row[]) {
  const ground = useGround();
  const refuse = useRefusal();
  const { say } = useWords();
  const { message } = App.useApp();
  const around = { zone: ground.base.time_zone, people: ground.people };

  const paste = (event: ClipboardEvent) => {
    const at = focused(api.current, fields);
    if (isTyping(event.target) || at === null) return;
    event.preventDefault();
    lay(cellsOf(event.clipboardData.getData('text/plain')), at).catch(refuse);
  };
  const lay = async (cells: string[][], at: Place) => {
    // Read, not taken from the grid: rows that it has not loaded are no new ones.
    const { rows } = await places.rows(at.row, at.row + cells.length);
    const laid = layOver(cells, rows, fields.slice(at.column), around);
    if (laid.unread.length > 0) {
      message.error(`${say({ zh: '没有粘贴，这些看不懂', en: 'Nothing was pasted; this makes no sense' })}: ${laid.unread.slice(0, 3).join('; ')}`);
    } else await write(ground, laid, new Map(rows.map((row) => [row.record_id, row.fields])));
  };
  const copy = (event: ClipboardEvent) => {
    if (isTyping(event.target) || String(getSelection()) !== '') return;
    const at = focused(api.current, fields);
    const row = at && api.current?.getDisplayedRowAtIndex(at.row)?.data;
    const shown = chosen.length > 0 ? fields : fields.slice(at?.column, (at?.column ?? 0) + 1);
    const rows = chosen.length > 0 ? chosen : row ? [row] : [];
    if (rows.length === 0) return;
    event.preventDefault();
    const lines = rows.map(({ fields: cells }) => shown.map((field) => textOf(field, cells[field.field_name], around)));
    event.clipboardData.setData('text/plain', asLines(lines));
  };
  return { paste, copy };
}

async function write(ground: Ground, { changed, added }: Paste, before: Map<string, Cells>): Promise<void> {
  for (const row of changed) {
    const shown = ground.fields
      .filter((field) => field.field_name in row.fields)
      .map((field) => [field.field_name, asShown(field, row.fields[field.field_name], ground.people)]);
    remember(ground, row.record_id, before.get(row.record_id) ?? {}, Object.fromEntries(shown));
  }
  for (let at = 0; at < changed.length; at += BATCH) await update(ground, changed.slice(at, at + BATCH));
  for (let at = 0; at < added.length; at += BATCH) await create(ground, added.slice(at, at + BATCH));
}

type Place = { row: number; column: number };

function focused(api: GridApi<Row> | null, fields: Field[]): Place | null {
  const cell = api?.getFocusedCell();
  const column = fields.findIndex((field) => field.field_name === cell?.column.getColId());
  return cell && column >= 0 ? { row: cell.rowIndex, column } : null;
}

function isTyping(target: EventTarget): boolean {
  return target instanceof Element && target.closest('input, textarea, [contenteditable="true"]') !== null;
}
