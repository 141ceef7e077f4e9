// The bar on top: who, when, what goes wrong, messages, language.
import { BugOutlined, MenuOutlined, MessageOutlined, TranslationOutlined } from '@ant-design/icons';
import { Badge, Button, Flex } from 'antd';
import { useState } from 'react';
import { Clock } from '../clock/Clock';
import { Faults } from '../faults/Faults';
import type { Person } from '../feishu';
import { usePlace } from '../place';
import { useWords } from '../words';
import { InboxDrawer } from './InboxDrawer';
import { useUnread } from './unread';
import { Who } from './Who';

type Props = { people: Person[]; openId: string; zone: string; narrow: boolean; onMenu: () => void };

export function Bar({ people, openId, zone, narrow, onMenu }: Props) {
  const { say, language } = useWords();
  const { go } = usePlace();
  const [open, setOpen] = useState<'inbox' | 'faults' | null>(null);
  const { unread, markSeen } = useUnread(openId);
  const close = () => {
    if (open === 'inbox') markSeen();
    setOpen(null);
  };
  const inbox = say({ zh: '消息', en: 'Messages' });
  return (
    <Flex align="center" gap={narrow ? 2 : 8} className="bar" component="header">
      {narrow && <Button type="text" icon={<MenuOutlined />} onClick={onMenu} aria-label={say({ zh: '打开导航', en: 'Open navigation' })} />}
      <Who people={people} openId={openId} />
      <span className="bar-gap" />
      <Clock zone={zone} compact={narrow} />
      <Button type="text" icon={<BugOutlined />} onClick={() => setOpen('faults')} aria-label={say({ zh: '故障', en: 'Misfortunes' })} />
      <Badge count={unread} size="small" offset={[-6, 6]}>
        <Button type="text" icon={<MessageOutlined />} onClick={() => setOpen('inbox')}
          aria-label={unread > 0 ? `${inbox}: ${unread} ${say({ zh: '条未读', en: 'unread' })}` : inbox}>{!narrow && inbox}</Button>
      </Badge>
      <Button type="text" icon={<TranslationOutlined />} onClick={() => go({ lang: language === 'zh' ? 'en' : 'zh' }, { stay: true })}
        aria-label={say({ zh: 'Switch to English', en: '切换到中文' })}>{!narrow && say({ zh: 'English', en: '中文' })}</Button>
      <InboxDrawer open={open === 'inbox'} onClose={close} openId={openId} people={people} narrow={narrow} />
      <Faults open={open === 'faults'} onClose={close} />
    </Flex>
  );
}
