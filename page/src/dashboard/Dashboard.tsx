// The dashboards of a base, each block with the figures that this person may see.
import { useQuery } from '@tanstack/react-query';
import { Alert, Empty, Spin, Tabs } from 'antd';
import { type Base, control } from '../feishu';
import { useWords } from '../words';
import { Block, type BlockShown } from './Block';
import './dashboard.css';

type Props = { openId: string; base: Base };
type Named = { dashboard_id: string; name: string };

export function Dashboard({ openId, base }: Props) {
  const { say } = useWords();
  const path = `dashboards/${openId}/${base.app_token}`;
  const found = useQuery({
    queryKey: ['figures', base.app_token, openId],
    queryFn: () => control<{ dashboards: Named[] }>('GET', path),
  });
  if (found.error) return <Alert type="error" showIcon title={found.error.message} />;
  if (!found.data) return <Spin className="dashboard-wait" />;
  const { dashboards } = found.data;
  if (dashboards.length === 0) {
    return <Empty description={say({ zh: '这个多维表格没有仪表盘', en: 'This base has no dashboard' })} />;
  }
  const items = dashboards.map(({ dashboard_id, name }) => ({
    key: dashboard_id,
    label: name,
    children: <Blocks openId={openId} base={base} path={`${path}/${dashboard_id}`} id={dashboard_id} />,
  }));
  return <Tabs className="dashboards" items={items} destroyOnHidden />;
}

function Blocks({ openId, base, path, id }: Props & { path: string; id: string }) {
  const found = useQuery({
    queryKey: ['figures', base.app_token, openId, id],
    queryFn: () => control<{ blocks: BlockShown[] }>('GET', path),
  });
  if (found.error) return <Alert type="error" showIcon title={found.error.message} />;
  if (!found.data) return <Spin className="dashboard-wait" />;
  return (
    <div className="dashboard">
      {found.data.blocks.map((block) => <Block key={block.block_id} block={block} />)}
    </div>
  );
}
