// Where a field keeps the value that stands while nobody touches it.
import { objects, type Json } from './json';

const KEPT: Record<string, string> = {
  input: 'default_value',
  select_static: 'initial_option',
  select_person: 'initial_option',
  multi_select_static: 'selected_values',
  multi_select_person: 'selected_values',
  date_picker: 'initial_date',
  picker_time: 'initial_time',
  picker_datetime: 'initial_datetime',
  checker: 'checked',
};

export function initialOf(field: Json): unknown {
  const chosen = objects(field.options)[Number(field.initial_index ?? 0) - 1];
  return field[KEPT[String(field.tag)] ?? ''] ?? chosen?.value;
}
