// Where the reader is: who they act as, which base, table and view. Kept in the address, so that a link shows the same.
import { useCallback, useSyncExternalStore } from 'react';

export type Place = {
  who?: string;
  base?: string;
  table?: string;
  view?: string;
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
