// Which cells of a row look different since it was last shown.
import { sameCell } from '../cells/shapes';
import type { Cells, Field, Row } from '../feishu';

const MOST = 2000;

/** Rows as they were last shown, by record id; those read longest ago are forgotten. */
export class Seen {
  private readonly cells = new Map<string, Cells>();

  /** The fields of each row that changed since the last time; new rows have none. */
  changed(fields: Field[], rows: Row[]): Map<string, Field[]> {
    const found = new Map<string, Field[]>();
    for (const row of rows) {
      const before = this.cells.get(row.record_id);
      const different = before ? fields.filter((field) => !sameCell(field, before[field.field_name], row.fields[field.field_name])) : [];
      if (different.length > 0) found.set(row.record_id, different);
      this.keep(row);
    }
    return found;
  }

  private keep({ record_id, fields }: Row): void {
    this.cells.delete(record_id);
    this.cells.set(record_id, fields);
    const oldest = this.cells.keys().next();
    if (this.cells.size > MOST && !oldest.done) this.cells.delete(oldest.value);
  }
}
