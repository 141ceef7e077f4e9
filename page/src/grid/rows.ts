// Brings the rows of a view block by block: Feishu gives tokens from page to page, the grid asks for places.
import { as, type Cells, type Row } from '../feishu';
import { type Ground, recordsPath } from '../ground/Ground';

const LONGEST_PAGE = 500;
type Page = { items?: Row[]; total: number; has_more: boolean; page_token?: string };

/** Rows by their place. Tokens stand for places, so they stay good while the rows change. */
export class Places {
  private readonly tokens = new Map<number, string>([[0, '']]);
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly ground: Ground,
    private readonly body: Cells,
  ) {}

  /** The rows from `start` to before `end`, and how many there are in all. One walk at a time. */
  rows(start: number, end: number): Promise<{ rows: Row[]; total: number }> {
    const found = this.queue.then(() => this.walk(start, end));
    this.queue = found.catch(() => undefined);
    return found;
  }

  private async walk(start: number, end: number): Promise<{ rows: Row[]; total: number }> {
    let at = Math.max(...[...this.tokens.keys()].filter((place) => place <= start));
    while (at < start) {
      const page = await this.page(at, Math.min(LONGEST_PAGE, start - at));
      if (!page.has_more) return { rows: [], total: page.total };
      at += page.items?.length ?? 0;
    }
    const page = await this.page(start, end - start);
    return { rows: page.items ?? [], total: page.total };
  }

  private async page(at: number, size: number): Promise<Page> {
    const token = encodeURIComponent(this.tokens.get(at) ?? '');
    const path = `${recordsPath(this.ground)}/search?page_size=${size}&page_token=${token}`;
    const page = await as<Page>(this.ground.openId, 'POST', path, this.body);
    if (page.has_more && page.page_token) this.tokens.set(at + (page.items?.length ?? 0), page.page_token);
    return page;
  }
}
