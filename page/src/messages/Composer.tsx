// Writing to the bot: Enter sends, Shift+Enter makes a new line.
import { SendOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import type { MessageInstance } from 'antd/es/message/interface';
import { type KeyboardEvent, useState } from 'react';
import { control } from '../feishu';
import { useWords } from '../words';

export function Composer({ openId, toast }: { openId: string; toast: MessageInstance }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [words, setWords] = useState('');
  const [sending, setSending] = useState(false);
  const send = async () => {
    if (!words.trim() || sending) return;
    setSending(true);
    try {
      await control('POST', `people/${openId}/say`, { text: words.trim() });
      setWords('');
      await queries.invalidateQueries({ queryKey: ['messages'] });
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  };
  const typed = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const hint = say({ zh: '发消息给机器人', en: 'Write to the bot' });
  return (
    <div className="composer">
      <Input.TextArea value={words} placeholder={hint} aria-label={hint} autoSize={{ minRows: 1, maxRows: 5 }}
        onChange={(event) => setWords(event.target.value)} onKeyDown={typed} />
      <Button type="primary" icon={<SendOutlined />} loading={sending} disabled={!words.trim()}
        aria-label={say({ zh: '发送', en: 'Send' })} onClick={() => void send()} />
    </div>
  );
}
