// Which element of a card is meant by a press: its place among all that can be acted on, as the sandbox counts.
import { list, object, objects, text, type Json } from './json';

const ACTIONABLE = new Set([
  'button', 'overflow', 'select_static', 'multi_select_static', 'select_person', 'multi_select_person',
  'date_picker', 'picker_time', 'picker_datetime', 'checker', 'select_img', 'interactive_container', 'input',
]);

/** What was entered with the press: `form_value`, `input_value`, `option`, `options` or `checked`. */
export type Entered = Json;
export type Press = (element: number, entered: Entered) => Promise<void>;

export const isV2 = (card: Json): boolean => card.schema === '2.0';

/** The elements of a card's body, of 2.0 or 1.0. */
export const bodyOf = (card: Json): Json[] => objects(isV2(card) ? object(card.body).elements : card.elements);

/** Every element that can be acted on, in reading order; the index is what a press names. */
export function actedOn(elements: Json[]): Json[] {
  return elements.flatMap((element) => {
    const inner = text(element.tag) === 'table' ? [] : ['elements', 'columns', 'actions'];
    const inside = inner.flatMap((key) => actedOn(list(element[key]) as Json[]));
    return ACTIONABLE.has(text(element.tag)) ? [element, ...inside] : inside;
  });
}

/** True for the button that sends its form (2.0 and 1.0 spelling). */
export const submits = (element: Json): boolean =>
  element.form_action_type === 'submit' || element.action_type === 'form_submit';

export const resets = (element: Json): boolean =>
  element.form_action_type === 'reset' || element.action_type === 'form_reset';

/** True when acting on the element tells the app. */
export const callsBack = (element: Json): boolean =>
  submits(element) || element.value !== undefined || objects(element.behaviors).some((one) => one.type === 'callback');

/** The address that the element opens; empty when it opens none. */
export function addressOf(element: Json): string {
  const behaviour = objects(element.behaviors).find((one) => one.type === 'open_url') ?? object(element.multi_url);
  return text(behaviour.pc_url) || text(behaviour.default_url) || text(behaviour.url) || text(element.url);
}
