// Both sides of a person's chat with the bot, in the order of sending.
import { object, objects, text, textOf } from '../cards/json';
import type { Message } from '../feishu';
import type { Language } from '../words';

/** What a person wrote to the bot. */
export type Saying = {
  message_id: string;
  open_id: string;
  chat_id: string;
  msg_type: string;
  content: unknown;
  create_time: number;
};
export type Line = { id: string; at: number; mine: boolean; kind: string; content: unknown; message: Message | null };

export function lines(messages: Message[], said: Saying[]): Line[] {
  const theirs = messages.map((message): Line => ({
    id: message.message_id, at: message.create_time, mine: false, kind: message.msg_type, content: message.content, message,
  }));
  const own = said.map((one): Line => ({
    id: one.message_id, at: one.create_time, mine: true, kind: one.msg_type, content: one.content, message: null,
  }));
  return [...theirs, ...own].sort((one, other) => one.at - other.at);
}

/** A line in a few words, as a quotation shows it. */
export function summary({ kind, content }: Line, language: Language): string {
  const body = object(content);
  switch (kind) {
    case 'interactive':
      return textOf(object(body.header).title, language) || textOf(object(body.config).summary, language) || '[card]';
    case 'text':
      return text(body.text) || text(content);
    case 'post':
      return text(postOf(content, language).title) || '[post]';
    default:
      return `[${kind}]`;
  }
}

/** The post of the reader's language: ``{title, content: [[{tag, …}]]}``. */
export function postOf(content: unknown, language: Language): Record<string, unknown> {
  const body = object(object(content).post ?? content);
  if (Array.isArray(body.content)) return body;
  const first = objects(Object.values(body))[0];
  return object(body[language === 'zh' ? 'zh_cn' : 'en_us'] ?? first);
}
