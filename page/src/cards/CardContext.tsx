// What every element of a card needs: its reader's language and colleagues, and how to press something.
import { createContext, useContext } from 'react';
import type { Person } from '../feishu';
import type { Language } from '../words';
import type { Entered } from './acting';
import type { Json } from './json';

export type CardShown = {
  language: Language;
  people: Person[];
  /** Undefined while nothing can be pressed: the card is only looked at. */
  press: ((element: Json, entered: Entered) => void) | undefined;
  /** The element whose press is under way; all others wait. */
  pressed: Json | null;
};

export const CardContext = createContext<CardShown>({ language: 'zh', people: [], press: undefined, pressed: null });
export const useCard = (): CardShown => useContext(CardContext);

/** The form around a field: what has been entered, and which required fields were left empty. */
export type FormShown = {
  values: Json;
  missing: ReadonlySet<string>;
  enter: (name: string, value: unknown) => void;
  submit: (button: Json) => void;
  reset: () => void;
};

export const FormContext = createContext<FormShown | null>(null);
export const useForm = (): FormShown | null => useContext(FormContext);
