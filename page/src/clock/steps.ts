// Where the clock can be taken with one press, in the time zone people work in.
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import type { Words } from '../words';

dayjs.extend(utc);
dayjs.extend(timezone);

export type Step = { key: string; words: Words; to: (now: number, zone: string) => number };

const MINUTE = 60_000;
const MORNING_H = 9;

/** The next weekday at nine; public holidays are not known here. */
function nextMorning(now: number, zone: string): number {
  let day = dayjs(now).tz(zone);
  do day = day.add(1, 'day');
  while ([0, 6].includes(day.day()));
  return morningOf(day.format('YYYY-MM-DD'), zone);
}

function nextMonth(now: number, zone: string): number {
  return morningOf(dayjs(now).tz(zone).startOf('month').add(1, 'month').format('YYYY-MM-DD'), zone);
}

function morningOf(day: string, zone: string): number {
  return dayjs.tz(`${day}T00:00:00`, zone).add(MORNING_H, 'hour').valueOf();
}

export const STEPS: Step[] = [
  { key: 'quarter', words: { zh: '+15 分钟', en: '+15 min' }, to: (now) => now + 15 * MINUTE },
  { key: 'hour', words: { zh: '+1 小时', en: '+1 hour' }, to: (now) => now + 60 * MINUTE },
  { key: 'morning', words: { zh: '下个工作日 09:00', en: 'Next weekday 09:00' }, to: nextMorning },
  { key: 'month', words: { zh: '下月 1 日 09:00', en: '1st of next month 09:00' }, to: nextMonth },
];
