// Reading JSON that others wrote: what is not of the kind asked for counts as absent.
import type { Language } from '../words';

export type Json = Record<string, unknown>;

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const objects = (value: unknown): Json[] => list(value).map(object);
export const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
export const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

const LOCALES: Record<Language, string> = { zh: 'zh_cn', en: 'en_us' };

/** What stands under the reader's language, else the fallback beside it. */
export function localized(i18n: unknown, fallback: unknown, language: Language): unknown {
  return object(i18n)[LOCALES[language]] ?? fallback;
}

/** A text object (`plain_text`, `lark_md`, `markdown`) or a bare text, in the reader's language. */
export function textOf(node: unknown, language: Language): string {
  if (typeof node === 'string') return node;
  const { content, i18n_content: i18n, i18n: older } = object(node);
  return text(localized(i18n ?? older, content, language));
}
