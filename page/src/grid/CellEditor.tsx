// The editor of a cell within the grid.
import type { CustomCellEditorProps } from 'ag-grid-react';
import { useEffect, useState } from 'react';
import { Editor } from '../cells/Editor';
import { parse } from '../cells/shapes';
import { T } from '../cells/types';
import type { Field } from '../feishu';

/** Where typing a letter begins with that letter instead of what stood there. */
const TYPED: number[] = [T.text, T.number, T.phone, T.location];
const AROUND = { zone: 'UTC', people: [] };

type Props = CustomCellEditorProps & { field: Field };

export function CellEditor({ field, value, initialValue, eventKey, onValueChange, stopEditing, column, cellStartedEdit }: Props) {
  const [done, setDone] = useState(false);
  // Once, when it opens: the key that opened it may be its first letter.
  useEffect(() => {
    const first = firstValue(field, initialValue, eventKey);
    if (first !== initialValue) onValueChange(first);
  }, []);
  // The value is told by then: stopping in the same breath would keep the old one.
  useEffect(() => {
    if (done) stopEditing();
  }, [done, stopEditing]);
  return (
    <div className="cell-editor" style={{ minWidth: column.getActualWidth() }}>
      <Editor field={field} value={value ?? null} onChange={onValueChange} onDone={() => setDone(true)}
        autoFocus={cellStartedEdit} label={field.field_name} />
    </div>
  );
}

function firstValue(field: Field, initial: unknown, key: string | null): unknown {
  if (key === 'Backspace' || key === 'Delete') return null;
  if (key?.length !== 1 || !TYPED.includes(field.type) || field.ui_type === 'Rating') return initial;
  return parse(field, key, AROUND) ?? initial;
}

const WITHIN = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'];

/** Whether a key is the editor's own: Enter and Escape in an open list, Shift+Enter breaks a line, arrows move within. */
export function isEditors(event: KeyboardEvent, field: Field): boolean {
  if (event.key !== 'Enter' && event.key !== 'Escape') return WITHIN.includes(event.key);
  const editor = event.target instanceof Element ? event.target.closest('.cell-editor') : null;
  if (editor?.querySelector('[aria-expanded="true"]')) return true;
  if (event.key === 'Escape') return false;
  return field.type === T.date || (event.shiftKey && field.type === T.text);
}
