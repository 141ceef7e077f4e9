// Bases and their tables.
import { BarChartOutlined, TableOutlined } from '@ant-design/icons';
import { Empty, Menu, Select } from 'antd';
import type { Base, Table } from '../feishu';
import { usePlace } from '../place';
import { useWords } from '../words';

type Props = { bases: Base[]; base: Base | undefined; tables: Table[]; tableId: string | undefined; onGo: () => void };
const DASHBOARD = 'dashboard';

export function Navigation({ bases, base, tables, tableId, onGo }: Props) {
  const { place, go } = usePlace();
  const { say } = useWords();
  const label = say({ zh: '多维表格', en: 'Base' });
  if (bases.length === 0) {
    return <Empty className="waiting" description={say({ zh: '还没有多维表格：运行 feishu-plugin apply 或 make play', en: 'No base yet: run feishu-plugin apply, or make play' })} />;
  }
  const choose = (key: string) => {
    go(key === DASHBOARD ? { show: 'dashboard' } : { table: key, view: undefined, record: undefined, show: undefined });
    onGo();
  };
  return (
    <nav aria-label={label} className="navigation">
      <Select aria-label={label} value={base?.app_token} onChange={(token) => go({ base: token, table: undefined, view: undefined, record: undefined })}
        options={bases.map((one) => ({ value: one.app_token, label: one.name }))} />
      <Menu mode="inline" selectedKeys={[place.show === DASHBOARD ? DASHBOARD : (tableId ?? '')]} onClick={({ key }) => choose(key)}
        items={[
          { key: DASHBOARD, icon: <BarChartOutlined />, label: say({ zh: '仪表盘', en: 'Dashboard' }) },
          { type: 'divider' },
          ...tables.map((table) => ({ key: table.table_id, icon: <TableOutlined />, label: table.name })),
        ]} />
    </nav>
  );
}
