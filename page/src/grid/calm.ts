// New rows wait while a cell is being edited: bringing them would close the editor under the person's hands.
import type { GridApi } from 'ag-grid-community';

export function isEditing(api: GridApi | null): boolean {
  return api !== null && !api.isDestroyed() && api.getEditingCells().length > 0;
}

/** Comes when no cell is being edited. */
export function calm(api: GridApi | null): Promise<void> {
  if (!isEditing(api)) return Promise.resolve();
  return new Promise((goOn) => {
    const stopped = () => {
      if (isEditing(api)) return;
      api!.removeEventListener('cellEditingStopped', stopped);
      goOn();
    };
    api!.addEventListener('cellEditingStopped', stopped);
  });
}

/** What `read` gives at a moment when nothing is being edited, neither before nor after reading. */
export async function readCalmly<V>(api: () => GridApi | null, read: () => Promise<V>): Promise<V> {
  for (;;) {
    await calm(api());
    const found = await read();
    if (!isEditing(api())) return found;
  }
}
