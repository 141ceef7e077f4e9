// What the bot wrote to the chosen person, beside the table; on a phone over all of it.
import { Drawer, Skeleton } from 'antd';
import { lazy, Suspense } from 'react';
import { Opening } from '../cards/opening';
import type { Person } from '../feishu';
import { placeOfLink, usePlace } from '../place';
import { nameIn, useWords } from '../words';

const Inbox = lazy(async () => ({ default: (await import('../messages/Inbox')).Inbox }));
type Props = { open: boolean; onClose: () => void; openId: string; people: Person[]; narrow: boolean };

export function InboxDrawer({ open, onClose, openId, people, narrow }: Props) {
  const { say } = useWords();
  const { go } = usePlace();
  const person = people.find((one) => one.open_id === openId);
  const follow = (url: string) => {
    const place = placeOfLink(url);
    if (place === null) return false;
    if (narrow) onClose();
    go(place);
    return true;
  };
  return (
    <Drawer open={open} onClose={onClose} size={narrow ? '100%' : 480} destroyOnHidden mask={narrow} rootClassName="inbox-drawer"
      title={say({ zh: `${nameIn('zh', person)}收到的消息`, en: `Messages to ${nameIn('en', person)}` })}>
      <Opening.Provider value={follow}>
        <Suspense fallback={<Skeleton active />}><Inbox openId={openId} people={people} /></Suspense>
      </Opening.Provider>
    </Drawer>
  );
}
