// Misfortunes by name, as rules of /_sandbox/faults.
import type { Words } from '../words';

export type Rule = { kind: string; route?: string; probability?: number; status?: number; code?: number; msg?: string; delay_ms?: number };
export type Misfortune = { key: string; words: Words; about: Words; rule: Rule };

const RECORDS = '*records*';
/** Writes only: reads go through. */
const WRITES = 'POST *records/batch_[ucd]*';

export const MISFORTUNES: Misfortune[] = [
  { key: '500', words: { zh: '服务器错误', en: 'Server errors' }, about: { zh: '任何调用都可能得到 HTTP 500', en: 'Any call may get HTTP 500' }, rule: { kind: 'status', status: 500, route: '*/open-apis/*' } },
  { key: '429', words: { zh: '限流', en: 'Rate limit' }, about: { zh: '99991400，带重置时间', en: '99991400 with its reset header' }, rule: { kind: 'rate-limit', route: '*/open-apis/*' } },
  { key: 'conflict', words: { zh: '写冲突', en: 'Write conflict' }, about: { zh: '写记录得到 1254291', en: 'Writes of records get 1254291' }, rule: { kind: 'code', code: 1254291, msg: 'Write conflict', route: WRITES } },
  { key: 'silent', words: { zh: '写成功但无回答', en: 'Time-out after success' }, about: { zh: '写进去了，连接断开，没有回答', en: 'The write is done, the answer never comes' }, rule: { kind: 'drop-after-commit', route: WRITES } },
  { key: 'slow', words: { zh: '变慢', en: 'Slow' }, about: { zh: '每次调用多等两秒', en: 'Every call takes two seconds more' }, rule: { kind: 'delay', delay_ms: 2000, route: '*/open-apis/*' } },
  { key: 'html', words: { zh: '网关错误页', en: 'Gateway page' }, about: { zh: '得到 HTML 而不是 JSON', en: 'HTML instead of JSON' }, rule: { kind: 'html', status: 502, route: RECORDS } },
  { key: 'token', words: { zh: '令牌失效', en: 'Token expires' }, about: { zh: '调用时令牌被作废', en: 'The token ends with the call' }, rule: { kind: 'expired-token', route: RECORDS } },
  { key: 'twice', words: { zh: '事件重复', en: 'Duplicate events' }, about: { zh: '同一事件推送两次', en: 'An event is pushed twice' }, rule: { kind: 'duplicate-event' } },
  { key: 'late', words: { zh: '事件迟到', en: 'Late events' }, about: { zh: '晚五秒推送', en: 'Pushed five seconds late' }, rule: { kind: 'delay-event', delay_ms: 5000 } },
  { key: 'order', words: { zh: '事件乱序', en: 'Events out of order' }, about: { zh: '后面的事件先到', en: 'The next event overtakes' }, rule: { kind: 'reorder' } },
  { key: 'lost', words: { zh: '事件丢失', en: 'Lost events' }, about: { zh: '从不推送', en: 'Never pushed' }, rule: { kind: 'lose-event' } },
  { key: 'cut', words: { zh: '长连接断开', en: 'Connection cut' }, about: { zh: '推送时关闭长连接', en: 'The long connection closes instead of a push' }, rule: { kind: 'close-ws' } },
];

/** Which named misfortune a rule in force is; undefined for one that somebody else ordered. */
export function nameOf(rule: Rule): Misfortune | undefined {
  return MISFORTUNES.find(({ rule: own }) => own.kind === rule.kind && (own.route ?? '*') === (rule.route ?? '*'));
}
