// The types of columns by their number in Bitable, and why some cannot be written.
import type { Field } from '../feishu';
import type { Words } from '../words';

export const T = {
  text: 1,
  number: 2,
  single: 3,
  multi: 4,
  date: 5,
  checkbox: 7,
  user: 11,
  phone: 13,
  url: 15,
  attachment: 17,
  link: 18,
  lookup: 19,
  formula: 20,
  duplex: 21,
  location: 22,
  group: 23,
  createdTime: 1001,
  modifiedTime: 1002,
  createdUser: 1003,
  modifiedUser: 1004,
  autoNumber: 1005,
  button: 3001,
} as const;

const DATES: number[] = [T.date, T.createdTime, T.modifiedTime];
const USERS: number[] = [T.user, T.createdUser, T.modifiedUser];
const LINKS: number[] = [T.link, T.duplex];

export const isDate = (field: Field) => DATES.includes(field.type);
export const isUser = (field: Field) => USERS.includes(field.type);
export const isLink = (field: Field) => LINKS.includes(field.type);

const COMPUTED: Record<number, Words> = {
  [T.lookup]: { zh: '查找引用由飞书计算，不能修改', en: 'A lookup is computed by Feishu and cannot be edited' },
  [T.formula]: { zh: '公式由飞书计算，不能修改', en: 'A formula is computed by Feishu and cannot be edited' },
  [T.createdTime]: { zh: '创建时间由飞书填写', en: 'Feishu fills in when it was created' },
  [T.modifiedTime]: { zh: '最后修改时间由飞书填写', en: 'Feishu fills in when it was modified' },
  [T.createdUser]: { zh: '创建人由飞书填写', en: 'Feishu fills in who created it' },
  [T.modifiedUser]: { zh: '最后修改人由飞书填写', en: 'Feishu fills in who modified it' },
  [T.autoNumber]: { zh: '自动编号由飞书填写', en: 'Feishu gives the number' },
  [T.button]: { zh: '按钮字段没有内容', en: 'A button holds nothing' },
  [T.attachment]: { zh: '本页面不能上传附件', en: 'This page cannot upload attachments' },
  [T.group]: { zh: '本页面不能选择群组', en: 'This page cannot choose chats' },
};

/** Why a column cannot be edited here; null when it can. */
export function readOnly(field: Field): Words | null {
  return COMPUTED[field.type] ?? null;
}

/** The description of a column, as the field list tells it: a text or an object with one. */
export function describe(field: Field): string {
  const given = field.description;
  if (typeof given === 'string') return given;
  return given && typeof given === 'object' && 'text' in given ? String(given.text) : '';
}

export type Option = { id: string; name: string; color: number };

export function optionsOf(field: Field): Option[] {
  return (field.property?.options as Option[] | undefined) ?? [];
}

/** A setting of the column's property. */
export function setting<V>(field: Field, name: string, otherwise: V): V {
  return (field.property?.[name] as V | undefined) ?? otherwise;
}
