// One element of a card by its tag; what this page does not know it names in a quiet line.
import type { ComponentType } from 'react';
import { useWords } from '../words';
import { CardButton } from './CardButton';
import { CardChart } from './CardChart';
import { CardForm } from './CardForm';
import { CardTable } from './CardTable';
import { Checker, DatePick, Input, SelectOne, SelectMany, TimePick } from './fields';
import { type Json, objects, text } from './json';
import { Collapsible, ColumnSet, Interactive, Row } from './layout';
import { Overflow } from './Overflow';
import { Picture, Pictures } from './pictures';
import { Div, MarkdownElement, Note, People, PlainText, Rule } from './texts';

export type ElementProps = { element: Json };

const KNOWN: Record<string, ComponentType<ElementProps>> = {
  markdown: MarkdownElement,
  lark_md: MarkdownElement,
  plain_text: PlainText,
  div: Div,
  note: Note,
  hr: Rule,
  person: People,
  person_list: People,
  img: Picture,
  img_combination: Pictures,
  column_set: ColumnSet,
  action: Row,
  interactive_container: Interactive,
  collapsible_panel: Collapsible,
  form: CardForm,
  button: CardButton,
  overflow: Overflow,
  input: Input,
  select_static: SelectOne,
  select_person: SelectOne,
  multi_select_static: SelectMany,
  multi_select_person: SelectMany,
  date_picker: DatePick,
  picker_datetime: DatePick,
  picker_time: TimePick,
  checker: Checker,
  table: CardTable,
  chart: CardChart,
};

export function Element({ element }: ElementProps) {
  const { say } = useWords();
  const tag = text(element.tag);
  const Known = KNOWN[tag];
  if (Known) return <Known element={element} />;
  return <p className="card-unknown">{say({ zh: `本页面无法显示 ${tag}`, en: `This page cannot show ${tag}` })}</p>;
}

export function Elements({ elements }: { elements: Json[] | unknown }) {
  return objects(elements).map((element, place) => <Element key={place} element={element} />);
}
