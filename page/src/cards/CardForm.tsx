// A form of a card: keeps what is entered, refuses to send while something required is empty.
import { useMemo, useState } from 'react';
import { actedOn } from './acting';
import { FormContext, type FormShown, useCard } from './CardContext';
import { type ElementProps, Elements } from './Element';
import { initialOf } from './initial';
import { type Json, text } from './json';

export function CardForm({ element }: ElementProps) {
  const { press } = useCard();
  const [values, setValues] = useState<Json>({});
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const fields = useMemo(() => actedOn([element]).filter((one) => text(one.name) && one.tag !== 'button'), [element]);
  const standing = (field: Json) => (text(field.name) in values ? values[text(field.name)] : initialOf(field));
  const submit = (button: Json) => {
    const empty = fields.filter((field) => field.required === true && isEmpty(standing(field)));
    setMissing(new Set(empty.map((field) => text(field.name))));
    if (empty.length === 0) press?.(button, { form_value: values });
  };
  const form: FormShown = {
    values,
    missing,
    enter: (name, value) => setValues((before) => ({ ...before, [name]: value })),
    submit,
    reset: () => setValues({}),
  };
  return (
    <FormContext.Provider value={form}>
      <div className="card-stack card-form" role="form" aria-label={text(element.name)}><Elements elements={element.elements} /></div>
    </FormContext.Provider>
  );
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
