// What happens when a card's link or button opens an address; whoever shows cards may open it in the page.
import { createContext, useContext } from 'react';

/** True when the address was opened here; false leaves it to the browser. */
export type Open = (url: string) => boolean;

export const Opening = createContext<Open>(() => false);
export const useOpening = (): Open => useContext(Opening);

/** Opens an address here or in another tab; nothing but the web's own schemes. */
export function openUrl(open: Open, url: string): void {
  if (/^https?:\/\//i.test(url) && !open(url)) window.open(url, '_blank', 'noopener,noreferrer');
}
