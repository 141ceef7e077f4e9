// The chat of one person with the bot: cards, texts and what the person wrote; the newest is below.
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, message, Spin } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { control, type Person } from '../feishu';
import { useWords } from '../words';
import { lines, type Saying } from './chat';
import { Composer } from './Composer';
import { OneLine } from './OneLine';
import { usePress } from './press';
import { useReceived } from './received';
import './inbox.css';

const SHOWN = 30;

export function Inbox({ openId, people }: { openId: string; people: Person[] }) {
  const [toast, holder] = message.useMessage();
  return (
    <section className="inbox">
      {holder}
      <Chat key={openId} openId={openId} people={people} toast={toast} />
      <Composer openId={openId} toast={toast} />
    </section>
  );
}

type ChatProps = { openId: string; people: Person[]; toast: ReturnType<typeof message.useMessage>[0] };

function Chat({ openId, people, toast }: ChatProps) {
  const { say } = useWords();
  const { chat, error } = useChat(openId);
  const press = usePress(openId, toast);
  const [most, setMost] = useState(SHOWN);
  const end = useEnd(chat?.length ?? 0);
  if (error) return <Alert type="error" showIcon title={error.message} />;
  if (!chat) return <Spin className="inbox-wait" />;
  if (chat.length === 0) {
    return <div className="chat"><Empty description={say({ zh: '机器人还没有发来消息', en: 'The bot has not written yet' })} /></div>;
  }
  return (
    <div className="chat" ref={end} tabIndex={0} role="log" aria-label={say({ zh: '与机器人的聊天', en: 'Chat with the bot' })}>
      {chat.length > most && (
        <Button type="link" onClick={() => setMost(most + SHOWN)}>{say({ zh: '更早的消息', en: 'Earlier messages' })}</Button>
      )}
      {chat.slice(-most).map((line) => (
        <OneLine key={line.id} line={line} chat={chat} people={people} press={press(line.id)} />
      ))}
    </div>
  );
}

/** Both sides of the chat; undefined until they are there. */
function useChat(openId: string) {
  const sent = useReceived(openId);
  const said = useQuery({
    queryKey: ['messages', openId, 'said'],
    queryFn: () => control<{ said: Saying[] }>('GET', `people/${openId}/said`),
  });
  const chat = useMemo(
    () => (sent.data && said.data ? lines(sent.data, said.data.said) : undefined),
    [sent.data, said.data],
  );
  return { chat, error: sent.error ?? said.error };
}

/** Keeps the newest message in sight whenever there is one more. */
function useEnd(count: number) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollTo({ top: place.current.scrollHeight });
  }, [count]);
  return place;
}
