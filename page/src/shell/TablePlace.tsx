// Which view of a table is shown, and the view itself.
import { Empty, Skeleton, Tabs } from 'antd';
import { AppstoreOutlined, FormOutlined, ProjectOutlined, TableOutlined } from '@ant-design/icons';
import { type ReactNode, lazy, Suspense, useMemo } from 'react';
import type { Base, Person, View } from '../feishu';
import { GroundProvider, useGround } from '../ground/Ground';
import { useFields, useLayout, useViews } from '../ground/structure';
import { usePlace } from '../place';
import { Details } from '../records/Details';
import { PutBacks } from '../records/putbacks';
import { useWords } from '../words';

const Grid = lazy(async () => ({ default: (await import('../grid/Grid')).Grid }));
const Kanban = lazy(async () => ({ default: (await import('../kanban/Kanban')).Kanban }));
const FormView = lazy(async () => ({ default: (await import('../form/FormView')).FormView }));

const ICONS: Record<string, ReactNode> = { kanban: <ProjectOutlined />, form: <FormOutlined />, gallery: <AppstoreOutlined /> };

type Props = { openId: string; base: Base; tableId: string; people: Person[] };

export function TablePlace({ openId, base, tableId, people }: Props) {
  const { place, go } = usePlace();
  const { say } = useWords();
  const { data: views } = useViews(openId, base, tableId);
  const { data: fields } = useFields(openId, base, tableId);
  const ground = useMemo(() => ({ openId, base, tableId, fields: fields ?? [], people }), [openId, base, tableId, fields, people]);
  const view = views?.find((one) => one.view_id === place.view) ?? views?.[0];
  if (!views || !fields) return <Skeleton active className="waiting" />;
  if (!view) return <Empty description={say({ zh: '这张表没有视图', en: 'The table has no view' })} />;
  return (
    <GroundProvider ground={ground}>
      <Tabs className="views" activeKey={view.view_id} onChange={(id) => go({ view: id, record: undefined })}
        items={views.map((one) => ({ key: one.view_id, label: one.view_name, icon: ICONS[one.view_type] ?? <TableOutlined /> }))} />
      <div className="view" key={`${openId}/${view.view_id}`}><Suspense fallback={<Skeleton active className="waiting" />}><ViewPlace view={view} /></Suspense></div>
      <Details recordId={place.record ?? null} onClose={() => go({ record: undefined })} />
      <PutBacks />
    </GroundProvider>
  );
}

/** Galleries, plans, calendars and boards without groups are shown as a table, which says so. */
function ViewPlace({ view }: { view: View }) {
  const { openId, base, tableId } = useGround();
  const { data: layout } = useLayout(openId, base, tableId, view);
  if (!layout) return <Skeleton active className="waiting" />;
  if (view.view_type === 'form') return <FormView view={view} />;
  if (view.view_type === 'kanban' && layout.group.length > 0) return <Kanban view={view} layout={layout} />;
  return <Grid view={view} layout={layout} />;
}
