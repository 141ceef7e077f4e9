// A view as a board: a column for each choice of the field it groups by; dragging a card is an edit of that field.
import { closestCorners, DndContext, type DragEndEvent, DragOverlay, KeyboardSensor, PointerSensor, useSensor, useSensors } from '@dnd-kit/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Empty, Skeleton } from 'antd';
import { useState } from 'react';
import { asShown } from '../cells/shapes';
import { optionsOf, readOnly, T } from '../cells/types';
import type { Field, Row, View } from '../feishu';
import { useGround } from '../ground/Ground';
import { fieldsInOrder, type Layout } from '../ground/structure';
import { usePlace } from '../place';
import { Places } from '../records/places';
import { remember } from '../records/putbacks';
import { useRefusal } from '../records/refusals';
import { update } from '../records/writes';
import { useWords } from '../words';
import { announcements } from './announcements';
import { Column } from './Column';
import { toColumn } from './keys';
import './kanban.css';
import { CardFace } from './KanbanCard';

const MOST = 2000;
/** The column of the rows whose field is empty. */
const NONE = '';

export function Kanban({ view, layout }: { view: View; layout: Layout }) {
  const { fields } = useGround();
  const { say } = useWords();
  const field = fields.find((one) => one.field_id === layout.group[0]);
  if (field?.type !== T.single) {
    return <Empty description={say({ zh: '看板按单选字段分组，这个视图没有', en: 'A board groups by a single choice; this view does not' })} />;
  }
  return <Board view={view} layout={layout} field={field} />;
}

function Board({ view, layout, field }: { view: View; layout: Layout; field: Field }) {
  const ground = useGround();
  const { say } = useWords();
  const rows = useRows(view);
  const move = useMove(view, field);
  const [held, setHeld] = useState<Row | null>(null);
  const { go } = usePlace();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: toColumn }),
  );
  if (!rows.data) return <Skeleton active className="waiting" />;
  const { found, total } = rows.data;
  const names = [NONE, ...optionsOf(field).map((option) => option.name)];
  const shown = fieldsInOrder(ground.fields, layout);
  const drop = ({ active, over }: DragEndEvent) => {
    setHeld(null);
    const row = found.find((one) => one.record_id === active.id);
    if (row && over) void move(row, String(over.id));
  };
  return (
    <section className="kanban" aria-label={view.view_name}>
      {total > found.length && <Alert type="info" title={say({ zh: `只读取了前 ${MOST} 行，共 ${total} 行：各列可能还有更多`, en: `Only the first ${MOST} of ${total} rows were read: the columns may hold more` })} />}
      <DndContext sensors={sensors} collisionDetection={closestCorners} accessibility={announcements(say)}
        onDragStart={({ active }) => setHeld(found.find((row) => row.record_id === active.id) ?? null)}
        onDragEnd={drop} onDragCancel={() => setHeld(null)}>
        <div className="kanban-columns">
          {names.map((name) => {
            const inside = found.filter((row) => (row.fields[field.field_name] ?? NONE) === name);
            if (name === NONE && inside.length === 0) return null;
            return <Column key={name} name={name} field={field} rows={inside} isPart={total > found.length} fields={shown} locked={readOnly(field) !== null} onOpen={(record) => go({ record })} />;
          })}
        </div>
        <DragOverlay>{held && <CardFace row={held} fields={shown} group={field} />}</DragOverlay>
      </DndContext>
    </section>
  );
}

type Found = { found: Row[]; total: number };

function useRows(view: View) {
  const ground = useGround();
  return useQuery({
    queryKey: keyOf(ground.base.app_token, ground.tableId, view.view_id, ground.openId),
    queryFn: async (): Promise<Found> => {
      const { rows: found, total } = await new Places(ground, view).rows(0, MOST);
      return { found, total };
    },
  });
}

const keyOf = (appToken: string, tableId: string, viewId: string, openId: string) => ['records', appToken, tableId, 'board', viewId, openId];

/** Writes a card's new column; shows it there at once and back again when it is refused. */
function useMove(view: View, field: Field) {
  const ground = useGround();
  const queries = useQueryClient();
  const refuse = useRefusal();
  const name = field.field_name;
  return async (row: Row, to: string) => {
    if ((row.fields[name] ?? NONE) === to) return;
    const key = keyOf(ground.base.app_token, ground.tableId, view.view_id, ground.openId);
    const value = to === NONE ? null : to;
    const moved = { record_id: row.record_id, fields: { ...row.fields, [name]: asShown(field, value, ground.people) } };
    remember(ground, row.record_id, { [name]: row.fields[name] }, { [name]: moved.fields[name] });
    queries.setQueryData<Found>(key, (old) => old && { ...old, found: old.found.map((one) => (one.record_id === row.record_id ? moved : one)) });
    try {
      await update(ground, [{ record_id: row.record_id, fields: { [name]: value } }]);
    } catch (error) {
      refuse(error);
      await queries.invalidateQueries({ queryKey: key });
    }
  };
}
