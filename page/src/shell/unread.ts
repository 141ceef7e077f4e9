// How many messages a person has not looked at yet; what was seen is kept in the browser.
import { useCallback, useState } from 'react';
import { useReceived } from '../messages/received';

const seenKey = (openId: string) => `seen/${openId}`;

export function useUnread(openId: string) {
  const [, look] = useState(0);
  const { data } = useReceived(openId);
  const ids = (data ?? []).map((message) => message.message_id);
  const at = ids.indexOf(localStorage.getItem(seenKey(openId)) ?? '');
  const newest = ids.at(-1);
  const markSeen = useCallback(() => {
    if (newest) localStorage.setItem(seenKey(openId), newest);
    look((n) => n + 1);
  }, [openId, newest]);
  return { unread: ids.length - 1 - at, markSeen };
}
