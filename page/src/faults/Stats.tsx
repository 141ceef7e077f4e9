// How often the app called what, and what became of its events.
import { useQuery } from '@tanstack/react-query';
import { Descriptions, Table, Tag } from 'antd';
import { control } from '../feishu';
import { useWords } from '../words';

type Told = {
  requests: Record<string, Record<string, number>>;
  connections: number;
  long_connections: number;
  events: { sent: number; acknowledged: number; repushed: number; waiting: number };
};
const AGAIN_MS = 3000;
const OK = '0';

/** Calls of Feishu by the app: neither control calls nor what this page asks as a person. */
export function calledByApp(requests: Told['requests']) {
  return Object.entries(requests)
    .filter(([route]) => !route.includes('/_sandbox'))
    .map(([route, codes]) => ({ route, codes, total: Object.values(codes).reduce((sum, n) => sum + n, 0) }))
    .sort((one, other) => other.total - one.total);
}

export function Stats() {
  const { say } = useWords();
  const { data: told } = useQuery({ queryKey: ['stats'], queryFn: () => control<Told>('GET', 'stats'), refetchInterval: AGAIN_MS, staleTime: 0 });
  if (!told) return null;
  const { events } = told;
  return (
    <section aria-label={say({ zh: '调用统计', en: 'Calls' })} className="stats">
      <Descriptions size="small" column={2} title={say({ zh: '事件与连接', en: 'Events and connections' })} items={[
        { key: 'sent', label: say({ zh: '推送', en: 'Pushed' }), children: events.sent },
        { key: 'ack', label: say({ zh: '确认', en: 'Acknowledged' }), children: events.acknowledged },
        { key: 'again', label: say({ zh: '重推', en: 'Pushed again' }), children: events.repushed },
        { key: 'waiting', label: say({ zh: '在途', en: 'Under way' }), children: events.waiting },
        { key: 'long', label: say({ zh: '长连接', en: 'Long connections' }), children: told.long_connections },
        { key: 'tcp', label: say({ zh: 'TCP 连接', en: 'TCP connections' }), children: told.connections },
      ]} />
      <Table size="small" rowKey="route" pagination={false} dataSource={calledByApp(told.requests)} columns={[
        { title: say({ zh: '应用的调用', en: 'Calls of the app' }), dataIndex: 'route', render: (route: string) => <code className="route">{route.replace('/open-apis/', '')}</code> },
        { title: say({ zh: '次数', en: 'Times' }), dataIndex: 'total', align: 'right' },
        { title: say({ zh: '拒绝', en: 'Refused' }), dataIndex: 'codes', render: (codes: Record<string, number>) => Object.entries(codes).filter(([code]) => code !== OK).map(([code, n]) => <Tag key={code} color="error">{code} × {n}</Tag>) },
      ]} />
    </section>
  );
}
