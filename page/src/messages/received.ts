// What the bot sent to a person: read once, for the chat and for the count of what is unread.
import { useQuery } from '@tanstack/react-query';
import { control, type Message } from '../feishu';

/** Oldest first. */
export function useReceived(openId: string) {
  return useQuery({
    queryKey: ['messages', openId],
    queryFn: async () => (await control<{ messages: Message[] }>('GET', `messages?to=${openId}`)).messages,
    enabled: openId !== '',
  });
}
