// Which cells of a row look different since it was last shown.
import { sameCell } from '../cells/shapes';
import type { Cells, Field, Row } from '../feishu';

/** Rows as they were last shown, by record id. */
export class Seen {
  private readonly cells = new Map<string, Cells>();

  /** The fields of each row that changed since the last time; new rows have none. */
  changed(fields: Field[], rows: Row[]): Map<string, Field[]> {
    const found = new Map<string, Field[]>();
    for (const row of rows) {
      const before = this.cells.get(row.record_id);
      const different = before ? fields.filter((field) => !sameCell(field, before[field.field_name], row.fields[field.field_name])) : [];
      if (different.length > 0) found.set(row.record_id, different);
      this.cells.set(row.record_id, row.fields);
    }
    return found;
  }
}
