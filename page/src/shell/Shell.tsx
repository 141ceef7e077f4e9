// The frame around everything: navigation at the side (a drawer on phones), the bar on top, the chosen place within.
import { Drawer, Empty, Grid, Layout, Skeleton } from 'antd';
import { lazy, Suspense, useState } from 'react';
import type { Base, Person } from '../feishu';
import { useTables } from '../ground/structure';
import { usePlace } from '../place';
import { useWords } from '../words';
import { Bar } from './Bar';
import { Navigation } from './Navigation';
import './shell.css';
import { TablePlace } from './TablePlace';

const Dashboard = lazy(async () => ({ default: (await import('../dashboard/Dashboard')).Dashboard }));
const HOME_ZONE = 'Asia/Shanghai';

export function Shell({ people, bases }: { people: Person[]; bases: Base[] }) {
  const { place } = usePlace();
  const { say } = useWords();
  const narrow = !Grid.useBreakpoint().md;
  const [menu, setMenu] = useState(false);
  const openId = (people.find((person) => person.open_id === place.who) ?? people[0])?.open_id ?? '';
  const base = bases.find((one) => one.app_token === place.base) ?? bases[0];
  const { data: tables } = useTables(openId, base);
  const tableId = (tables?.find((table) => table.table_id === place.table) ?? tables?.[0])?.table_id;
  const navigation = <Navigation bases={bases} base={base} tables={tables ?? []} tableId={tableId} onGo={() => setMenu(false)} />;
  return (
    <Layout className="shell">
      {!narrow && <Layout.Sider width={224} theme="light">{navigation}</Layout.Sider>}
      <Layout>
        <Bar people={people} openId={openId} zone={base?.time_zone ?? HOME_ZONE} narrow={narrow} onMenu={() => setMenu(true)} />
        <main className="place">
          {base && <Inside openId={openId} base={base} tableId={tableId} people={people} dashboard={place.show === 'dashboard'} />}
        </main>
      </Layout>
      {narrow && (
        <Drawer open={menu} onClose={() => setMenu(false)} placement="left" size={288} title={say({ zh: '沙盒飞书', en: 'Sandbox Feishu' })}>{navigation}</Drawer>
      )}
    </Layout>
  );
}

type Inner = { openId: string; base: Base; tableId: string | undefined; people: Person[]; dashboard: boolean };

function Inside({ openId, base, tableId, people, dashboard }: Inner) {
  const { say } = useWords();
  if (dashboard) return <Suspense fallback={<Skeleton active className="waiting" />}><div className="dashboard-place"><Dashboard openId={openId} base={base} /></div></Suspense>;
  if (!tableId) return <Empty className="waiting" description={say({ zh: '没有可看的表', en: 'No table to look at' })} />;
  return <TablePlace key={`${openId}/${tableId}`} openId={openId} base={base} tableId={tableId} people={people} />;
}
