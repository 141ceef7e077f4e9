// One message of the chat with who wrote it, when, what it answers, and whether it was changed since.
import dayjs from 'dayjs';
import type { Press } from '../cards/acting';
import type { Person } from '../feishu';
import { useWords } from '../words';
import { type Line, summary } from './chat';
import { Said } from './Said';

type Props = { line: Line; chat: Line[]; people: Person[]; press: Press };

export function OneLine({ line, chat, people, press }: Props) {
  const { say, language } = useWords();
  const { message, mine } = line;
  const parent = message?.parent_id ? chat.find((one) => one.id === message.parent_id) : undefined;
  return (
    <div className={mine ? 'line line-mine' : 'line'} data-message={line.id}>
      <div className="line-head">
        <span>{mine ? say({ zh: '我', en: 'Me' }) : say({ zh: '机器人', en: 'Bot' })}</span>
        <time dateTime={dayjs(line.at).toISOString()}>{dayjs(line.at).format('YYYY-MM-DD HH:mm')}</time>
        {message?.updated && !message.deleted && (
          <span title={dayjs(message.update_time).format('YYYY-MM-DD HH:mm')}>{say({ zh: '已更新', en: 'updated' })}</span>
        )}
      </div>
      {parent && <blockquote className="line-quote">{summary(parent, language)}</blockquote>}
      {message?.deleted
        ? <div className="bubble bubble-quiet">{say({ zh: '消息已撤回', en: 'This message was recalled' })}</div>
        : <Said key={message?.update_time ?? 0} line={line} people={people} press={mine ? undefined : press} />}
    </div>
  );
}
