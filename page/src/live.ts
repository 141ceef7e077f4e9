// Waits for news of the sandbox and has what they concern read again.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { control, type Item } from './feishu';

type News = { n: number; items: Item[] | null };
/** Null: anything may have changed. */
type Listener = (items: Item[] | null) => void;

const WAIT_S = 25;
const PAUSE_MS = 2000;
const listeners = new Set<Listener>();

/** Calls with each batch of news until the answer is called. */
export function onNews(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Keeps every query fresh; used once, by the page. */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    void follow(queries, stop.signal);
    return () => stop.abort();
  }, [queries]);
}

async function follow(queries: QueryClient, signal: AbortSignal): Promise<void> {
  let n: number | null = null;
  while (!signal.aborted) {
    try {
      const news: News = await control('GET', n === null ? 'news' : `news?after=${n}&timeout_s=${WAIT_S}`);
      if (signal.aborted) return;
      if (news.items === null || news.items.length > 0) tell(queries, news.items);
      n = news.n;
    } catch {
      // The sandbox is gone or starts again: what it says then is all new.
      if (n !== null) tell(queries, null);
      n = null;
      await new Promise((later) => setTimeout(later, PAUSE_MS));
    }
  }
}

function tell(queries: QueryClient, items: Item[] | null): void {
  if (items === null || items.some((item) => item.kind === 'reset')) {
    void queries.invalidateQueries();
    for (const listener of listeners) listener(null);
    return;
  }
  for (const key of concerned(items)) void queries.invalidateQueries({ queryKey: key });
  for (const listener of listeners) listener(items);
}

/** The first parts of the query keys that some news are about, each once. */
export function concerned(items: Item[]): string[][] {
  const keys = items.flatMap((item): string[][] => {
    if (item.kind === 'messages') return [['messages']];
    if (item.kind === 'clock') return [['clock']];
    if (item.kind === 'structure') return [['bases'], ['structure'], ['records'], ['figures']];
    if (item.kind !== 'records' || !item.app_token || !item.table_id) return [];
    return [['records', item.app_token, item.table_id], ['figures', item.app_token]];
  });
  return [...new Map(keys.map((key) => [key.join('/'), key])).values()];
}
