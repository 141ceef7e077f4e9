// Tab enters the grid at a cell and leaves it again, arrows move within; while a cell is edited Tab goes on to the next.
import type { CellPosition, FocusGridInnerElementParams, TabToNextCellParams } from 'ag-grid-community';
import type { Row } from '../feishu';
import { OPEN } from './columns';

/** Not through the headers, of which there may be many; arrow up leads to them. */
export function enterAtCell({ api }: FocusGridInnerElementParams<Row>): boolean {
  const last = api.getFocusedCell();
  const row = last?.rowIndex ?? api.getFirstDisplayedRowIndex();
  if (row < 0) return false;
  api.ensureColumnVisible(last?.column ?? OPEN);
  api.setFocusedCell(row, last?.column ?? OPEN);
  return true;
}

export function tab({ editing, nextCellPosition }: TabToNextCellParams<Row>): CellPosition | boolean {
  return editing ? (nextCellPosition ?? true) : false;
}
