// One column of the board.
import { useDroppable } from '@dnd-kit/core';
import { Button } from 'antd';
import { useState } from 'react';
import { OptionTag } from '../cells/tags';
import type { Field, Row } from '../feishu';
import { useWords } from '../words';
import { KanbanCard } from './KanbanCard';

/** As many cards as a person reads; carrying one among thousands would be slow. */
const SHOWN = 50;
/** `isPart`: rows beyond those that were read may belong here too. */
type Props = { name: string; field: Field; rows: Row[]; isPart: boolean; fields: Field[]; locked: boolean; onOpen: (recordId: string) => void };

export function Column({ name, field, rows, isPart, fields, locked, onOpen }: Props) {
  const { say } = useWords();
  const [most, setMost] = useState(SHOWN);
  const { setNodeRef, isOver } = useDroppable({ id: name, data: { title: name } });
  const title = name || say({ zh: '未填写', en: 'Empty' });
  const count = `${rows.length}${isPart ? '+' : ''}`;
  return (
    <section ref={setNodeRef} className={isOver ? 'kanban-column over' : 'kanban-column'} aria-label={`${title} (${count})`}>
      <h3>{name ? <OptionTag field={field} name={name} /> : title} <span className="quiet">{count}</span></h3>
      <ul>
        {rows.slice(0, most).map((row) => (
          <li key={row.record_id}><KanbanCard row={row} fields={fields} group={field} locked={locked} onOpen={onOpen} /></li>
        ))}
      </ul>
      {rows.length > most && (
        <Button type="link" block onClick={() => setMost(most + SHOWN)}>{say({ zh: `还有 ${rows.length - most} 张`, en: `${rows.length - most} more` })}</Button>
      )}
    </section>
  );
}
