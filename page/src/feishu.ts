// What the page asks of the sandbox: Feishu's own calls as a person, and the control calls below /_sandbox/.

export type Person = {
  open_id: string;
  name: string;
  en_name: string;
  department: string;
  job_title: string;
  leader_open_id: string;
  is_resigned: boolean;
  is_frozen: boolean;
  available: boolean;
};
export type Base = { app_token: string; name: string; time_zone: string };
export type Table = { table_id: string; name: string; revision: number };
export type Field = {
  field_id: string;
  field_name: string;
  type: number;
  ui_type: string;
  is_primary: boolean;
  property: Record<string, unknown> | null;
  description?: unknown;
};
export type View = { view_id: string; view_name: string; view_type: string; property?: Record<string, unknown> };
export type Cells = Record<string, unknown>;
export type Row = { record_id: string; fields: Cells };
export type Message = {
  message_id: string;
  to: string;
  chat_id: string;
  msg_type: string;
  content: unknown;
  create_time: number;
  update_time: number;
  parent_id: string;
  updated: boolean;
  deleted: boolean;
};
export type Item = {
  n: number;
  kind: 'records' | 'structure' | 'messages' | 'clock' | 'reset';
  app_token?: string;
  table_id?: string;
  record_ids?: string[];
};

/** Feishu (or the sandbox) said no: `code` is Feishu's, the message is fit to be shown. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return (await response.json()) as T;
}

type Envelope = { code: number; msg: string; data?: unknown; error?: { message?: string } };

/** A control call; its answers are flat, a refusal has `code`, `msg` and `error.message`. */
export async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask<T & Partial<Envelope>>(method, `/_sandbox/${path}`, body);
  if (answer.msg !== undefined && answer.code) throw refusal(answer as Envelope);
  return answer;
}

/** A call of Feishu's API as this person: the `data` of the answer. */
export async function as<T>(openId: string, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask<Envelope>(method, `/_sandbox/as/${openId}/open-apis/${path}`, body);
  if (answer.code !== 0) throw refusal(answer);
  return answer.data as T;
}

function refusal(answer: Envelope): Refused {
  return new Refused(answer.code, `${answer.code} ${answer.msg} ${answer.error?.message ?? ''}`.trim());
}

/** Every item of a list that comes in pages. */
export async function all<T>(openId: string, path: string, method = 'GET', body?: unknown): Promise<T[]> {
  const found: T[] = [];
  let token = '';
  for (;;) {
    const mark = path.includes('?') ? '&' : '?';
    const page = await as<{ items?: T[]; has_more?: boolean; page_token?: string }>(
      openId, method, `${path}${mark}page_token=${encodeURIComponent(token)}`, body,
    );
    found.push(...(page.items ?? []));
    if (!page.has_more) return found;
    token = page.page_token ?? '';
  }
}
