// A row as a card of the board.
import { useDraggable } from '@dnd-kit/core';
import { ExpandAltOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Cell } from '../cells/Cell';
import { titleOf } from '../cells/titles';
import { isLink, isUser, T } from '../cells/types';
import type { Field, Row } from '../feishu';
import { useGround } from '../ground/Ground';
import { useWords } from '../words';

const LINES = 4;
const TELLING: number[] = [T.single, T.date, T.text, T.user];
type Face = { row: Row; fields: Field[]; group: Field };

export function KanbanCard({ row, fields, group, locked, onOpen }: Face & { locked: boolean; onOpen: (recordId: string) => void }) {
  const ground = useGround();
  const { say } = useWords();
  const { setNodeRef, listeners, attributes, isDragging } = useDraggable({ id: row.record_id, disabled: locked, data: { title: titleOf(fields, row, ground) } });
  return (
    <div className={isDragging ? 'kanban-card dragged' : 'kanban-card'}>
      <div ref={setNodeRef} {...listeners} {...attributes} className="kanban-handle" aria-label={titleOf(fields, row, ground)}>
        <CardFace row={row} fields={fields} group={group} />
      </div>
      <Button className="kanban-open" type="text" size="small" icon={<ExpandAltOutlined />} onClick={() => onOpen(row.record_id)}
        aria-label={`${say({ zh: '打开', en: 'Open' })} ${titleOf(fields, row, ground)}`} />
    </div>
  );
}

export function CardFace({ row, fields, group }: Face) {
  const ground = useGround();
  const title = titleOf(fields, row, ground);
  const told = fields.filter((field) => field !== group && !field.is_primary && TELLING.includes(field.type) && !isLink(field) && row.fields[field.field_name] !== undefined);
  const lines = [...told.filter((field) => field.type === T.text).slice(0, 1), ...told.filter((field) => isUser(field) || field.type !== T.text)];
  return (
    <div className="kanban-face">
      <strong>{title}</strong>
      {lines.slice(0, LINES).map((field) => (
        <div key={field.field_id} className="kanban-line" title={field.field_name}><Cell field={field} value={row.fields[field.field_name]} /></div>
      ))}
    </div>
  );
}
