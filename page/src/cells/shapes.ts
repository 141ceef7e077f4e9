// A cell in its two shapes, as search shows it and as it is written, and as plain text.
import type { Field, Person } from '../feishu';
import { dateText, formatOf, parseDate } from './dates';
import { numberText } from './numbers';
import { isDate, isLink, isUser, optionsOf, T } from './types';

export type Segment = { text?: string; link?: string };
export type Shown = { id?: string; name?: string; en_name?: string };
export type Around = { zone: string; people: Person[] };

function segments(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map((part: Segment) => part.text ?? '').join('') : '';
}

export function linkedIds(value: unknown): string[] {
  return (value as { link_record_ids?: string[] } | null)?.link_record_ids ?? [];
}

/** What search shows, as a write would bring it; empty cells are null. */
export function asWritten(field: Field, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (field.type === T.text) return segments(value) || null;
  if (isUser(field)) return (value as Shown[]).map(({ id }) => ({ id }));
  if (isLink(field)) return linkedIds(value).length > 0 ? linkedIds(value) : null;
  if (field.type === T.location) return (value as { location: string }).location;
  return value;
}

/** What a write brings, as search will show it. */
export function asShown(field: Field, written: unknown, people: Person[]): unknown {
  if (written === null || written === undefined) return undefined;
  if (field.type === T.text) return [{ text: written, type: 'text' }];
  if (isUser(field)) return (written as Shown[]).map(({ id }) => ({ id, name: nameOf(people, id) }));
  if (isLink(field)) return { link_record_ids: written };
  return field.type === T.location ? { location: written } : written;
}

export function sameCell(field: Field, one: unknown, other: unknown): boolean {
  return JSON.stringify(asWritten(field, one)) === JSON.stringify(asWritten(field, other));
}

function nameOf(people: Person[], id: string | undefined): string {
  return people.find((person) => person.open_id === id)?.name ?? id ?? '';
}

/** The cell as one line of text; links by their record ids, because titles stand in another table. */
export function textOf(field: Field, value: unknown, around: Around): string {
  if (value === undefined || value === null) return '';
  if (field.type === T.text) return segments(value);
  if (field.type === T.number) return numberText(field, Number(value));
  if (isDate(field)) return dateText(Number(value), around.zone, formatOf(field));
  if (isLink(field)) return linkedIds(value).join(',');
  if (field.type === T.checkbox) return value ? '✓' : '';
  if (field.type === T.formula || field.type === T.lookup) return formulaText(value, around);
  if (field.type === T.location) return (value as { location: string }).location;
  if (Array.isArray(value)) return value.map((item: string | Shown) => plain(item)).join(',');
  return plain(value as string | Segment);
}

function plain(item: string | number | Shown | Segment): string {
  if (typeof item !== 'object') return String(item);
  const { name, text, link } = item as Shown & Segment;
  return name ?? text ?? link ?? '';
}

function formulaText(value: unknown, around: Around): string {
  const { type, value: items } = value as { type: number; value: unknown[] };
  if (!Array.isArray(items)) return plain(value as string);
  return items
    .map((item) =>
      type === T.date ? dateText(Number(item), around.zone, 'YYYY/MM/DD HH:mm') : plain(item as string | Segment),
    )
    .join(',');
}

/** Text (typed or pasted) as a write; undefined when the column cannot take it. */
export function parse(field: Field, text: string, around: Around): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const read = READERS[field.type];
  return read ? read(trimmed, field, around) : undefined;
}

type Read = (text: string, field: Field, around: Around) => unknown;

function parseNumber(text: string): number | undefined {
  const share = text.endsWith('%');
  const number = Number(text.replace(/[,¥$%]/g, ''));
  return Number.isFinite(number) ? (share ? number / 100 : number) : undefined;
}

function parsePeople(text: string, { people }: Around): { id: string }[] | undefined {
  const found = text.split(/[,，、]/).map((name) => people.find((person) => [person.name, person.en_name].includes(name.trim())));
  return found.every((person) => person !== undefined) ? found.map((person) => ({ id: person.open_id })) : undefined;
}

function parseIds(text: string): string[] | undefined {
  const ids = text.split(',').map((id) => id.trim());
  return ids.every((id) => id.startsWith('rec')) ? ids : undefined;
}

function parseOptions(text: string, field: Field): string[] {
  // A name may itself have a comma: then it is one choice.
  return optionsOf(field).some((option) => option.name === text) ? [text] : text.split(/[,，]/).map((name) => name.trim());
}

const READERS: Record<number, Read> = {
  [T.text]: (text) => text,
  [T.number]: (text) => parseNumber(text),
  [T.single]: (text) => text,
  [T.multi]: parseOptions,
  [T.date]: (text, _, { zone }) => parseDate(text, zone) ?? undefined,
  [T.checkbox]: (text) => ['✓', 'true', '是', '1', 'yes'].includes(text.toLowerCase()),
  [T.user]: (text, _, around) => parsePeople(text, around),
  [T.phone]: (text) => text,
  [T.url]: (text) => ({ link: text, text }),
  [T.link]: (text) => parseIds(text),
  [T.duplex]: (text) => parseIds(text),
  [T.location]: (text) => text,
};
