// Moments as a column shows them: milliseconds, in the time zone of the base.
import dayjs, { type Dayjs } from 'dayjs';
import customParse from 'dayjs/plugin/customParseFormat';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import type { Field } from '../feishu';
import { setting } from './types';

dayjs.extend(utc);
dayjs.extend(timezone);
dayjs.extend(customParse);

const ACCEPTED = ['YYYY-M-D H:mm', 'YYYY/M/D H:mm', 'YYYY-M-D', 'YYYY/M/D'];

/** The column's format in dayjs's letters. */
export function formatOf(field: Field): string {
  return setting(field, 'date_formatter', 'yyyy/MM/dd').replaceAll('yyyy', 'YYYY').replaceAll('dd', 'DD');
}

export function withTime(field: Field): boolean {
  return formatOf(field).includes('HH');
}

export function dateText(ms: number, zone: string, format: string): string {
  return dayjs(ms).tz(zone).format(format);
}

/** The wall clock of the zone as a local moment, for pickers that know no zones. */
export function toPicker(ms: number, zone: string): Dayjs {
  return dayjs(dayjs(ms).tz(zone).format('YYYY-MM-DDTHH:mm:ss'));
}

export function fromPicker(picked: Dayjs, zone: string): number {
  return dayjs.tz(picked.format('YYYY-MM-DDTHH:mm:ss'), zone).valueOf();
}

/** Reads a day, year first, with or without a time; null for another text. */
export function parseDate(text: string, zone: string): number | null {
  const found = ACCEPTED.map((format) => dayjs(text.trim(), format, true)).find((day) => day.isValid());
  return found ? fromPicker(found, zone) : null;
}
