// Pressing on a card as a person: what the app answered is told as Feishu's client tells it.
import { useQueryClient } from '@tanstack/react-query';
import type { MessageInstance } from 'antd/es/message/interface';
import type { Entered, Press } from '../cards/acting';
import { object, text, localized } from '../cards/json';
import { control } from '../feishu';
import { type Language, useWords, type Words } from '../words';

const FAULTS: Record<number, Words> = {
  200340: { zh: '应用没有配置卡片回调，或没有连接', en: 'The app has no card callback, or is not connected' },
  200341: { zh: '应用没有及时响应，请稍后重试', en: 'The app did not answer in time, try again later' },
  200671: { zh: '应用处理出错', en: 'The app failed' },
  200672: { zh: '应用的响应格式不正确', en: 'The answer of the app cannot be read' },
  200673: { zh: '应用返回的卡片不正确', en: 'The card in the answer is not valid' },
  200830: { zh: '应用返回了旧版本的卡片', en: 'The app answered with a card of an older version' },
};
type Answer = { answer: unknown; code: number };
const TOASTS = ['success', 'error', 'warning', 'info'] as const;

/** A function that makes the press for one message; it ends when the app has answered. */
export function usePress(openId: string, toast: MessageInstance): (messageId: string) => Press {
  const { say, language } = useWords();
  const queries = useQueryClient();
  return (messageId) => async (element: number, entered: Entered) => {
    try {
      const path = `messages/${messageId}/click`;
      const { answer, code } = await control<Answer>('POST', path, { open_id: openId, element, ...entered });
      if (code) toast.error(`${say(FAULTS[code] ?? { zh: '操作失败', en: 'That failed' })}（${code}）`);
      else tell(toast, answer, language);
      await queries.invalidateQueries({ queryKey: ['messages'] });
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    }
  };
}

function tell(toast: MessageInstance, answer: unknown, language: Language): void {
  const { content, type, i18n } = object(object(answer).toast);
  const words = text(localized(i18n, content, language));
  const kind = TOASTS.find((one) => one === type) ?? 'info';
  if (words) toast[kind](words);
}
