// Where the reader is: who they act as, which base, table and view. Kept in the address, so that a link shows the same.
import { useCallback, useSyncExternalStore } from 'react';

export type Place = {
  who?: string;
  base?: string;
  table?: string;
  view?: string;
  /** The row that is open beside the table. */
  record?: string;
  /** What fills the page instead of a table. */
  show?: 'dashboard';
  lang?: 'zh' | 'en';
};

export function placeOf(hash: string): Place {
  return Object.fromEntries(new URLSearchParams(hash.replace(/^#/, ''))) as Place;
}

export function hashOf(place: Place): string {
  const kept = Object.entries(place).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return `#${new URLSearchParams(kept)}`;
}

/** Where a link of Feishu to a base leads; null for another address. */
export function placeOfLink(url: string): Place | null {
  const { pathname, searchParams } = new URL(url, location.href);
  const token = /^\/base\/([^/]+)$/.exec(pathname)?.[1];
  if (!token) return null;
  const [table, view, record] = ['table', 'view', 'record'].map((name) => searchParams.get(name) ?? undefined);
  return { base: token, table, view, record, show: undefined };
}

function listen(heard: () => void): () => void {
  addEventListener('hashchange', heard);
  return () => removeEventListener('hashchange', heard);
}

/** The place and `go`, which changes parts of it; `{ stay: true }` leaves no step behind for the back button. */
export function usePlace() {
  const hash = useSyncExternalStore(listen, () => location.hash);
  const go = useCallback((to: Place, { stay = false } = {}) => {
    const next = hashOf({ ...placeOf(location.hash), ...to });
    if (next === location.hash) return;
    if (!stay) {
      location.hash = next;
      return;
    }
    history.replaceState(null, '', next);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }, []);
  return { place: placeOf(hash), go };
}
