// The small things cells are made of: an option in its colour, a person with an initial.
import type { Field } from '../feishu';
import { optionColors } from './colors';
import { optionsOf } from './types';

export function OptionTag({ field, name }: { field: Field; name: string }) {
  const option = optionsOf(field).find((one) => one.name === name);
  return <span className="tag" style={optionColors(option?.color ?? 10)}>{name}</span>;
}

export function PersonTag({ name }: { name: string }) {
  return (
    <span className="tag tag-person">
      <span className="initial" aria-hidden>{name.slice(0, 1)}</span>
      {name}
    </span>
  );
}
