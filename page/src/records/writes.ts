// Writes records as a person's client does: a base that is being written to is asked again, the person is not bothered.
import { as, Refused, type Cells, type Row } from '../feishu';
import { type Ground, recordsPath } from '../ground/Ground';

const BUSY = new Set([1254290, 1254291, 1254607]);
const TRIES = 12;
const PAUSE_MS = 150;
/** What one batch call takes at most. */
export const BATCH = 500;

async function patiently<V>(call: () => Promise<V>): Promise<V> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Refused) || !BUSY.has(error.code) || tried === TRIES) throw error;
      await new Promise((later) => setTimeout(later, PAUSE_MS));
    }
  }
}

type Records = { records: Row[] };

export function update(ground: Ground, rows: Row[]): Promise<Records> {
  return patiently(() => as(ground.openId, 'POST', `${recordsPath(ground)}/batch_update`, { records: rows }));
}

export function create(ground: Ground, rows: Cells[]): Promise<Records> {
  const records = rows.map((fields) => ({ fields }));
  return patiently(() => as(ground.openId, 'POST', `${recordsPath(ground)}/batch_create`, { records }));
}

export function remove(ground: Ground, recordIds: string[]): Promise<unknown> {
  return patiently(() => as(ground.openId, 'POST', `${recordsPath(ground)}/batch_delete`, { records: recordIds }));
}

export async function read(ground: Ground, recordIds: string[]): Promise<Row[]> {
  const path = `${recordsPath(ground)}/batch_get`;
  return (await as<Records>(ground.openId, 'POST', path, { record_ids: recordIds, automatic_fields: true })).records;
}
