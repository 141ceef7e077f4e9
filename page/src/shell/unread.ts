// How many messages a person has not looked at yet; what was seen is kept in the browser.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { control, type Message } from '../feishu';

const seenKey = (openId: string) => `seen/${openId}`;

export function useUnread(openId: string) {
  const [, look] = useState(0);
  const { data } = useQuery({
    queryKey: ['messages', openId, 'unread'],
    queryFn: async () => (await control<{ messages: Message[] }>('GET', `messages?to=${openId}`)).messages.map((message) => message.message_id),
    enabled: openId !== '',
  });
  const ids = data ?? [];
  const at = ids.indexOf(localStorage.getItem(seenKey(openId)) ?? '');
  const newest = ids.at(-1);
  const markSeen = useCallback(() => {
    if (newest) localStorage.setItem(seenKey(openId), newest);
    look((n) => n + 1);
  }, [openId, newest]);
  return { unread: ids.length - 1 - at, markSeen };
}
