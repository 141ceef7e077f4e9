// The titles of linked records. Many cells ask at once: what is asked within a moment goes in calls of a hundred.
import { useQuery } from '@tanstack/react-query';
import { as, type Field, type Row } from '../feishu';
import { type Ground, recordsPath, useGround } from '../ground/Ground';
import { useFields } from '../ground/structure';
import { textOf } from './shapes';

const MOST = 100;
const MOMENT_MS = 20;
type Asked = { ids: string[]; answer: (rows: Map<string, Row>) => void; fail: (error: unknown) => void };
const waiting = new Map<string, Asked[]>();

function rowsOf(ground: Ground, tableId: string, ids: string[]): Promise<Map<string, Row>> {
  const key = `${ground.openId}/${tableId}`;
  return new Promise((answer, fail) => {
    const queue = waiting.get(key) ?? [];
    if (queue.push({ ids, answer, fail }) === 1) setTimeout(() => void fetchAll(ground, tableId, key), MOMENT_MS);
    waiting.set(key, queue);
  });
}

async function fetchAll(ground: Ground, tableId: string, key: string): Promise<void> {
  const queue = waiting.get(key) ?? [];
  waiting.delete(key);
  const ids = [...new Set(queue.flatMap((asked) => asked.ids))];
  const rows = new Map<string, Row>();
  try {
    for (let at = 0; at < ids.length; at += MOST) {
      const body = { record_ids: ids.slice(at, at + MOST) };
      const { records } = await as<{ records: Row[] }>(ground.openId, 'POST', `${recordsPath(ground, tableId)}/batch_get`, body);
      for (const row of records) rows.set(row.record_id, row);
    }
    for (const asked of queue) asked.answer(rows);
  } catch (error) {
    for (const asked of queue) asked.fail(error);
  }
}

/** The title of a row: its primary column, else its first text that says something. */
export function titleOf(fields: Field[], row: Row | undefined, ground: Ground): string {
  const around = { zone: ground.base.time_zone, people: ground.people };
  const primary = fields.find((field) => field.is_primary);
  const second = fields.find((field) => field.type === 1 && !field.is_primary && row?.fields[field.field_name]);
  const text = primary ? textOf(primary, row?.fields[primary.field_name], around) : '';
  const more = second ? textOf(second, row?.fields[second.field_name], around) : '';
  return text || more || (row?.record_id ?? '');
}

/** The titles of these records, by id; of those that are gone there is none. */
export function useTitles(field: Field, ids: string[]): Map<string, string> {
  const ground = useGround();
  const tableId = String(field.property?.table_id ?? '');
  const { data: fields } = useFields(ground.openId, ground.base, tableId || undefined);
  const { data } = useQuery({
    queryKey: ['records', ground.base.app_token, tableId, 'titles', ground.openId, ids.join()],
    queryFn: async () => {
      const rows = await rowsOf(ground, tableId, ids);
      return new Map(ids.filter((id) => rows.has(id)).map((id) => [id, titleOf(fields!, rows.get(id), ground)]));
    },
    enabled: ids.length > 0 && Boolean(fields),
  });
  return data ?? new Map();
}
