// What a refusal of Feishu means, said to the person who was refused.
import { App } from 'antd';
import { useCallback } from 'react';
import { Refused } from '../feishu';
import { useWords, type Words } from '../words';

const MEANINGS: Record<number, Words> = {
  1254302: { zh: '你没有这项权限', en: 'You may not do this' },
  1254015: { zh: '这一列是只读的，或类型不符', en: 'The column is read-only or of another type' },
  1254060: { zh: '文本格式不对', en: 'Not a text' },
  1254061: { zh: '不是数字', en: 'Not a number' },
  1254062: { zh: '单选值不对', en: 'Not a choice' },
  1254063: { zh: '多选值不对', en: 'Not a list of choices' },
  1254064: { zh: '不是日期', en: 'Not a date' },
  1254066: { zh: '人员不对：这一列可能只能选一个人', en: 'Not a person this column takes (perhaps only one)' },
  1254067: { zh: '关联的记录不对', en: 'The linked record does not fit' },
  1254068: { zh: '链接不对', en: 'Not a link' },
  1254072: { zh: '电话号码不对', en: 'Not a phone number' },
  1254043: { zh: '这一行已被删除', en: 'The row was deleted' },
  1254045: { zh: '没有这一列，或你看不到它', en: 'There is no such column, or you do not see it' },
  1254104: { zh: '一次不能超过 500 行', en: 'At most 500 rows at once' },
  1254130: { zh: '内容太长', en: 'Too long for a cell' },
  1254291: { zh: '有人正在写这个多维表格，请再试一次', en: 'Somebody is writing to this base; try again' },
};
const UNKNOWN: Words = { zh: '飞书拒绝了', en: 'Feishu refused' };

/** Shows why something failed; gives a function. */
export function useRefusal(): (error: unknown) => void {
  const { notification } = App.useApp();
  const { say } = useWords();
  return useCallback(
    (error: unknown) => {
      const refused = error instanceof Refused;
      notification.error({
        title: refused ? `${say(MEANINGS[error.code] ?? UNKNOWN)} (${error.code})` : say(LOST),
        description: error instanceof Error ? error.message : String(error),
        placement: 'bottomRight',
      });
    },
    [notification, say],
  );
}

const LOST: Words = { zh: '没有得到沙盒的回答', en: 'The sandbox did not answer' };
