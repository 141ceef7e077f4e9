// What a paste of several cells means: which rows change, which are added, what cannot be read.
import { type Around, parse } from '../cells/shapes';
import { readOnly } from '../cells/types';
import type { Cells, Field, Row } from '../feishu';

export type Paste = { changed: Row[]; added: Cells[]; unread: string[] };

/** The clipboard's lines and cells; quoted cells may hold line breaks, as spreadsheets write them. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/gy;
  const whole = text.replaceAll('\r\n', '\n').replace(/\n$/, '');
  for (let found = cell.exec(whole); found !== null; found = cell.exec(whole)) {
    rows.at(-1)!.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\n') rows.push([]);
    if (found[3] === '') break;
  }
  return rows;
}

/** Lays the cells over rows (those there are, then new ones) and fields, from the first of each. */
export function layOver(cells: string[][], rows: Row[], fields: Field[], around: Around): Paste {
  const paste: Paste = { changed: [], added: [], unread: [] };
  cells.forEach((texts, at) => {
    const row = rows[at];
    const written: Cells = {};
    texts.slice(0, fields.length).forEach((text, place) => take(written, fields[place]!, text, around, paste.unread));
    if (row === undefined) paste.added.push(written);
    else if (Object.keys(written).length > 0) paste.changed.push({ record_id: row.record_id, fields: written });
  });
  return paste;
}

function take(written: Cells, field: Field, text: string, around: Around, unread: string[]): void {
  if (readOnly(field)) return;
  const value = parse(field, text, around);
  if (value === undefined) unread.push(`${field.field_name}: ${text}`);
  else written[field.field_name] = value;
}

/** Rows as text for the clipboard. */
export function asLines(rows: string[][]): string {
  const quoted = (text: string) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(quoted).join('\t')).join('\n');
}
