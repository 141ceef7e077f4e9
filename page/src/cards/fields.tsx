// What a person enters on a card: texts, choices, people, days, ticks. In a form the form keeps it, alone it is sent at once.
import { Checkbox, DatePicker, Input as TextInput, Select, TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { type ReactNode, useId, useState } from 'react';
import { nameIn, useWords } from '../words';
import { callsBack, type Entered } from './acting';
import { useCard, useForm } from './CardContext';
import type { ElementProps } from './Element';
import { initialOf } from './initial';
import { type Json, list, number, object, objects, text, textOf } from './json';

/** The value that stands, how to enter another, and whether the field is off or wrongly empty. */
function useField(element: Json) {
  const form = useForm();
  const { press, pressed } = useCard();
  const [alone, setAlone] = useState<unknown>(undefined);
  const name = text(element.name);
  const kept = form ? form.values[name] : alone;
  const known = form ? name in form.values : alone !== undefined;
  const enter = (value: unknown, entered: Entered | null) => {
    if (form) form.enter(name, value);
    else setAlone(value);
    if (!form && entered && callsBack(element)) press?.(element, entered);
  };
  const isMissing = form?.missing.has(name) === true && (kept === undefined || kept === null || kept === '');
  const off = element.disabled === true || pressed !== null || (!form && !press);
  return { value: known ? kept : initialOf(element), enter, off, isMissing };
}

/** The words beside a field; without any the placeholder names it to those who do not see it. */
function Labelled({ element, id, isMissing, children }: { element: Json; id: string; isMissing: boolean; children: ReactNode }) {
  const { language } = useCard();
  const { say } = useWords();
  const label = textOf(element.label, language);
  return (
    <div className="card-field">
      {label && <label htmlFor={id}>{label}{element.required === true && <span className="card-required">*</span>}</label>}
      {children}
      {isMissing && <span className="card-missing" role="alert">{say({ zh: '请填写', en: 'Please fill this in' })}</span>}
    </div>
  );
}

function useLook(element: Json) {
  const id = useId();
  const { language } = useCard();
  const placeholder = textOf(element.placeholder, language);
  const named = textOf(element.label, language) || placeholder || text(element.name);
  return { id, placeholder, 'aria-label': named };
}

export function Input({ element }: ElementProps) {
  const { value, enter, off, isMissing } = useField(element);
  const look = useLook(element);
  const send = (typed: string) => enter(typed, { input_value: typed });
  const shared = {
    ...look,
    defaultValue: text(value),
    disabled: off,
    maxLength: number(element.max_length, 1000),
    status: isMissing ? ('error' as const) : ('' as const),
    onChange: (event: { target: { value: string } }) => enter(event.target.value, null),
  };
  const long = element.input_type === 'multiline_text';
  const rows = { minRows: number(element.rows, 3), maxRows: number(element.max_rows, 8) };
  return (
    <Labelled element={element} id={look.id} isMissing={isMissing}>
      {long ? <TextInput.TextArea {...shared} autoSize={rows} /> : element.input_type === 'password'
        ? <TextInput.Password {...shared} /> : <TextInput {...shared} onPressEnter={(event) => send(event.currentTarget.value)} />}
    </Labelled>
  );
}

/** The choices of a select: its options, or everybody where it is about people and lists none. */
function useOptions(element: Json): { value: string; label: string }[] {
  const { language, people } = useCard();
  const named = (id: string) => nameIn(language, people.find((one) => one.open_id === id)) || id;
  const listed = objects(element.options);
  if (!text(element.tag).endsWith('person')) {
    return listed.map((option) => ({ value: text(option.value), label: textOf(option.text, language) }));
  }
  const ids = listed.length ? listed.map((option) => text(option.value)) : people.map((one) => one.open_id);
  return ids.map((id) => ({ value: id, label: named(id) }));
}

export function SelectOne({ element }: ElementProps) {
  const { value, enter, off, isMissing } = useField(element);
  const look = useLook(element);
  return (
    <Labelled element={element} id={look.id} isMissing={isMissing}>
      <Select<string>
        {...look}
        className="card-select"
        options={useOptions(element)}
        value={text(value) || undefined}
        disabled={off}
        status={isMissing ? 'error' : ''}
        showSearch={{ optionFilterProp: 'label' }}
        allowClear
        onChange={(chosen) => enter(chosen ?? null, chosen ? { option: chosen } : null)}
      />
    </Labelled>
  );
}

export function SelectMany({ element }: ElementProps) {
  const { value, enter, off, isMissing } = useField(element);
  const look = useLook(element);
  return (
    <Labelled element={element} id={look.id} isMissing={isMissing}>
      <Select<string[]>
        {...look}
        className="card-select"
        mode="multiple"
        options={useOptions(element)}
        value={list(value).map(text)}
        disabled={off}
        status={isMissing ? 'error' : ''}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(chosen) => enter(chosen, { options: chosen })}
      />
    </Labelled>
  );
}

const OFFSET = ' +0800';

/** As cards and callbacks write days: ``2026-04-17``, with hours ``2026-04-17 09:30``. */
function day(value: unknown): Dayjs | null {
  const found = dayjs(text(value).replace(OFFSET, ''));
  return text(value) && found.isValid() ? found : null;
}

export function DatePick({ element }: ElementProps) {
  const { value, enter, off, isMissing } = useField(element);
  const look = useLook(element);
  const timed = element.tag === 'picker_datetime';
  const format = timed ? 'YYYY-MM-DD HH:mm' : 'YYYY-MM-DD';
  const choose = (chosen: Dayjs | null) => {
    const told = chosen?.format(format) ?? null;
    enter(told, told ? { option: told + OFFSET } : null);
  };
  return (
    <Labelled element={element} id={look.id} isMissing={isMissing}>
      <DatePicker {...look} className="card-select" format={format} showTime={timed ? { format: 'HH:mm' } : false}
        value={day(value)} disabled={off} status={isMissing ? 'error' : ''} onChange={choose} />
    </Labelled>
  );
}

export function TimePick({ element }: ElementProps) {
  const { value, enter, off, isMissing } = useField(element);
  const look = useLook(element);
  const choose = (chosen: Dayjs | null) => {
    const told = chosen?.format('HH:mm') ?? null;
    enter(told, told ? { option: told + OFFSET } : null);
  };
  return (
    <Labelled element={element} id={look.id} isMissing={isMissing}>
      <TimePicker {...look} className="card-select" format="HH:mm" value={day(text(value) && `2000-01-01 ${text(value)}`)}
        disabled={off} onChange={choose} />
    </Labelled>
  );
}

export function Checker({ element }: ElementProps) {
  const { value, enter, off } = useField(element);
  const { language } = useCard();
  return (
    <Checkbox checked={value === true} disabled={off}
      onChange={(event) => enter(event.target.checked, { checked: event.target.checked })}>
      <span className={value === true ? 'card-done' : ''}>{textOf(object(element.text), language)}</span>
    </Checkbox>
  );
}
