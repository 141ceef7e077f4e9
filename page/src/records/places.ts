// The rows of a view by their place: Feishu gives tokens from page to page, the page asks for places.
import { as, type Row, type View } from '../feishu';
import { type Ground, recordsPath } from '../ground/Ground';

const LONGEST_PAGE = 500;
type Page = { items?: Row[]; total: number; has_more: boolean; page_token?: string };

type Rows = { rows: Row[]; total: number };

/** Tokens stand for places, so they stay good while the rows change. */
export class Places {
  private readonly tokens = new Map<number, string>([[0, '']]);
  private queue: Promise<unknown> = Promise.resolve();
  private readonly little: string[];

  constructor(
    private readonly ground: Ground,
    private readonly view: View,
  ) {
    this.little = ground.fields.filter((field) => field.is_primary).map((field) => field.field_name);
  }

  /** The rows from `start` to before `end`, as far as there are any, and how many there are in all. One walk at a time. */
  rows(start: number, end: number): Promise<Rows> {
    const found = this.queue.then(() => this.walk(start, end));
    this.queue = found.catch(() => undefined);
    return found;
  }

  private async walk(start: number, end: number): Promise<Rows> {
    let at = Math.max(...[...this.tokens.keys()].filter((place) => place <= start));
    while (at < start) {
      // On the way to far rows only the tokens are wanted: one column makes the pages light.
      const page = await this.page(at, Math.min(LONGEST_PAGE, start - at), this.little);
      if (!page.has_more) return { rows: [], total: page.total };
      at += page.items?.length ?? 0;
    }
    const rows: Row[] = [];
    for (;;) {
      const page = await this.page(at + rows.length, Math.min(LONGEST_PAGE, end - at - rows.length));
      rows.push(...(page.items ?? []));
      if (!page.has_more || at + rows.length >= end) return { rows, total: page.total };
    }
  }

  private async page(at: number, size: number, columns?: string[]): Promise<Page> {
    const token = encodeURIComponent(this.tokens.get(at) ?? '');
    const path = `${recordsPath(this.ground)}/search?page_size=${size}&page_token=${token}`;
    const page = await as<Page>(this.ground.openId, 'POST', path, { view_id: this.view.view_id, field_names: columns });
    if (page.has_more && page.page_token) this.tokens.set(at + (page.items?.length ?? 0), page.page_token);
    return page;
  }
}
