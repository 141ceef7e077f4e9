// Waits for news of the sandbox and has what they concern read again.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { control, type Item } from './feishu';

type News = { n: number; items: Item[] | null };
/** Null: anything may have changed. */
type Listener = (items: Item[] | null) => void;
/** Whether news come; before the first answer nothing may be read, for its changes would not be told. */
export type Hearing = 'not yet' | 'yes' | 'lost';

const WAIT_S = 25;
const PAUSE_MS = 2000;
/** At least, between two batches: many changes in a row are read together. */
const REST_MS = 200;
const listeners = new Set<Listener>();

/** Calls with each batch of news until the answer is called. */
export function onNews(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Keeps every query fresh; used once, by the page. */
export function useLive(): Hearing {
  const queries = useQueryClient();
  const [hearing, setHearing] = useState<Hearing>('not yet');
  useEffect(() => {
    const stop = new AbortController();
    void follow(queries, stop.signal, setHearing);
    return () => stop.abort();
  }, [queries]);
  return hearing;
}

/** Asks for more only when all that the last news concern is read: a refresh that began anew with each would never end. */
async function follow(queries: QueryClient, signal: AbortSignal, tell: (hearing: Hearing) => void): Promise<void> {
  let n: number | null = null;
  let lost = false;
  while (!signal.aborted) {
    try {
      const news: News = await control('GET', n === null ? 'news' : `news?after=${n}&timeout_s=${WAIT_S}`);
      if (signal.aborted) return;
      const items = lost ? null : news.items;
      tell('yes');
      if (items === null || items.length > 0) await calmly(() => spread(queries, items));
      n = news.n;
      lost = false;
    } catch {
      // The sandbox is gone or starts again: what it says then is all new.
      if (signal.aborted) return;
      tell('lost');
      n = null;
      lost = true;
      await pause(PAUSE_MS);
    }
  }
}

const pause = (ms: number) => new Promise<void>((later) => setTimeout(later, ms));

/** Rests afterwards as long as it took: charts over many rows keep the sandbox busy, and it has others to serve. */
async function calmly(read: () => Promise<void>): Promise<void> {
  const began = Date.now();
  await read();
  await pause(Math.max(REST_MS, Date.now() - began));
}

/** Ends when every query on the page that is concerned has been read again. */
async function spread(queries: QueryClient, items: Item[] | null): Promise<void> {
  const all = items === null || items.some((item) => item.kind === 'reset');
  for (const listener of listeners) listener(all ? null : items);
  await Promise.all((all ? [[]] : concerned(items)).map((queryKey) => queries.invalidateQueries({ queryKey })));
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
