// Has the grid read its blocks again: never while it is still reading them, so that a table that changes all the time is shown too.
import type { GridApi } from 'ag-grid-community';

export class Refresh {
  private reading = 0;
  private wanted = false;

  constructor(private readonly api: () => GridApi | null) {}

  /** Something changed: all blocks are read again, at once or when those under way are there. */
  ask(): void {
    this.wanted = true;
    this.go();
  }

  begun(): void {
    this.reading += 1;
  }

  ended(): void {
    this.reading -= 1;
    // The grid begins the next block of the same refresh a moment later.
    setTimeout(() => this.go(), BREATH_MS);
  }

  private go(): void {
    const api = this.api();
    if (!this.wanted || this.reading > 0 || !api || api.isDestroyed()) return;
    this.wanted = false;
    api.refreshInfiniteCache();
  }
}

const BREATH_MS = 20;
