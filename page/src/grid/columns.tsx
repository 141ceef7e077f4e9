// The columns of a view for AG Grid.
import type { ColDef, ICellRendererParams } from 'ag-grid-community';
import { ExpandAltOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Cell } from '../cells/Cell';
import { asWritten } from '../cells/shapes';
import { describe, isDate, isLink, isUser, readOnly, T } from '../cells/types';
import { withTime } from '../cells/dates';
import type { Field, Row } from '../feishu';
import { CellEditor, isEditors } from './CellEditor';

export function widthOf(field: Field): number {
  if (field.is_primary) return 190;
  if (field.type === T.text) return 200;
  if (isDate(field)) return withTime(field) ? 150 : 120;
  if (isLink(field) || isUser(field)) return 150;
  return field.ui_type === 'Rating' || field.ui_type === 'Progress' ? 160 : 130;
}

const IN_POPUP: number[] = [T.text, T.url, T.multi, T.user, T.link, T.duplex];

/** On a phone nothing but the row's number stays in place: there is no room. */
export function columnOf(field: Field, narrow: boolean): ColDef<Row> {
  return {
    colId: field.field_name,
    headerName: field.field_name,
    headerTooltip: [field.field_name, describe(field)].filter(Boolean).join('\n'),
    width: widthOf(field),
    pinned: field.is_primary && !narrow ? 'left' : null,
    lockPinned: true,
    editable: readOnly(field) === null,
    cellClass: readOnly(field) ? 'cell-locked' : '',
    valueGetter: ({ data }) => asWritten(field, data?.fields[field.field_name]),
    valueFormatter: () => '',
    equals: (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other),
    cellRenderer: ({ data }: ICellRendererParams<Row>) => <Cell field={field} value={data?.fields[field.field_name]} />,
    cellEditor: CellEditor,
    cellEditorParams: { field },
    cellEditorPopup: IN_POPUP.includes(field.type),
    cellEditorPopupPosition: 'over',
    suppressKeyboardEvent: ({ event, editing }) => editing && isEditors(event, field),
  };
}

/** The id of the column in front; no column of Feishu's is called so. */
export const OPEN = '\u0000open';

/** The column in front: the row's number and a button that opens it. */
export function openColumn(label: string, open: (recordId: string) => void): ColDef<Row> {
  return {
    colId: OPEN,
    headerName: '',
    width: 72,
    pinned: 'left',
    lockPosition: 'left',
    resizable: false,
    cellClass: 'cell-open',
    cellRenderer: ({ data, node }: ICellRendererParams<Row>) =>
      data && (
        <>
          <span className="row-number">{(node.rowIndex ?? 0) + 1}</span>
          <Button type="text" size="small" icon={<ExpandAltOutlined />} tabIndex={-1} onClick={() => open(data.record_id)}
            aria-label={`${label} ${(node.rowIndex ?? 0) + 1}`} />
        </>
      ),
  };
}
