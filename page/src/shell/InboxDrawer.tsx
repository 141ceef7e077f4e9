// What the bot wrote to the chosen person, beside the table; on a phone over all of it.
import { Drawer, Skeleton } from 'antd';
import { lazy, Suspense } from 'react';
import type { Person } from '../feishu';
import { useWords } from '../words';

const Inbox = lazy(async () => ({ default: (await import('../messages/Inbox')).Inbox }));
type Props = { open: boolean; onClose: () => void; openId: string; people: Person[]; narrow: boolean };

export function InboxDrawer({ open, onClose, openId, people, narrow }: Props) {
  const { say } = useWords();
  const name = people.find((person) => person.open_id === openId)?.name ?? '';
  return (
    <Drawer open={open} onClose={onClose} size={narrow ? '100%' : 480} destroyOnHidden mask={narrow} rootClassName="inbox-drawer"
      title={say({ zh: `${name}收到的消息`, en: `Messages to ${name}` })}>
      <Suspense fallback={<Skeleton active />}><Inbox openId={openId} people={people} /></Suspense>
    </Drawer>
  );
}
