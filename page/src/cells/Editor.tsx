// Editors by the type of a column. They take and give the written shape; null empties the cell.
import { Checkbox, DatePicker, Input, InputNumber, Rate, Select, Space } from 'antd';
import type { ReactNode } from 'react';
import type { Field } from '../feishu';
import { useGround } from '../ground/Ground';
import { nameIn, useWords } from '../words';
import { fromPicker, toPicker, withTime } from './dates';
import { LinkPicker } from './LinkPicker';
import { OptionTag, PersonTag } from './tags';
import { isLink, optionsOf, setting, T } from './types';

export type EditorProps = {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  /** The choice is complete: a select was chosen, a date picked. */
  onDone?: () => void;
  autoFocus?: boolean;
  label: string;
  id?: string;
};

/** Marks popups so that the grid does not take a click in them for one outside of its editor. */
const POPUP = { popup: { root: 'ag-custom-component-popup' } };

export function Editor(props: EditorProps): ReactNode {
  const Chosen = isLink(props.field) ? LinkPicker : (BY_LOOK[props.field.ui_type] ?? BY_TYPE[props.field.type] ?? Line);
  return <Chosen {...props} />;
}

function Line({ value, onChange, autoFocus, label, id }: EditorProps) {
  return (
    <Input id={id} aria-label={label} autoFocus={autoFocus} value={String(value ?? '')} allowClear
      onChange={(event) => onChange(event.target.value || null)} />
  );
}

function Text({ value, onChange, autoFocus, label, id }: EditorProps) {
  return (
    <Input.TextArea id={id} aria-label={label} autoFocus={autoFocus} value={String(value ?? '')}
      autoSize={{ minRows: 1, maxRows: 8 }} onChange={(event) => onChange(event.target.value || null)} />
  );
}

function Figure({ field, value, onChange, autoFocus, label, id }: EditorProps) {
  const { say } = useWords();
  const isShare = setting<string>(field, 'formatter', '').includes('%');
  return (
    <InputNumber id={id} aria-label={label} autoFocus={autoFocus} value={value as number | null} style={{ width: '100%' }}
      placeholder={isShare ? say({ zh: '0.5 表示 50%', en: '0.5 is 50%' }) : undefined}
      onChange={(number) => onChange(number)} />
  );
}

function Stars({ field, value, onChange, onDone, autoFocus, label }: EditorProps) {
  const choose = (stars: number) => {
    onChange(stars === 0 ? null : stars);
    onDone?.();
  };
  return (
    <span role="group" aria-label={label}>
      <Rate autoFocus={autoFocus} count={setting(field, 'max', 5)} value={Number(value ?? 0)} onChange={choose} />
    </span>
  );
}

function Choice({ field, value, onChange, onDone, autoFocus, label, id }: EditorProps) {
  const several = field.type === T.multi;
  const change = (chosen: string | string[] | undefined) => {
    onChange(chosen === undefined || chosen.length === 0 ? null : chosen);
    if (!several) onDone?.();
  };
  return (
    <Select<string | string[]> id={id} aria-label={label} autoFocus={autoFocus} defaultOpen={autoFocus} allowClear showSearch
      mode={several ? 'multiple' : undefined} value={(value ?? (several ? [] : undefined)) as string | string[]}
      onChange={change} style={{ width: '100%' }} classNames={POPUP} popupMatchSelectWidth={false}
      options={optionsOf(field).map(({ name }) => ({ value: name, label: name }))}
      optionRender={(option) => <OptionTag field={field} name={String(option.value)} />} />
  );
}

function Persons({ field, value, onChange, onDone, autoFocus, label, id }: EditorProps) {
  const { people } = useGround();
  const { language } = useWords();
  const several = setting(field, 'multiple', true);
  const ids = ((value ?? []) as { id: string }[]).map((one) => one.id);
  const change = (chosen: string | string[] | undefined) => {
    const listed = chosen === undefined ? [] : [chosen].flat();
    onChange(listed.length > 0 ? listed.map((id) => ({ id })) : null);
    if (!several) onDone?.();
  };
  return (
    <Select<string | string[]> id={id} aria-label={label} autoFocus={autoFocus} defaultOpen={autoFocus} allowClear
      showSearch={{ optionFilterProp: 'label' }} mode={several ? 'multiple' : undefined} value={several ? ids : ids[0]}
      onChange={change} style={{ width: '100%' }} classNames={POPUP} popupMatchSelectWidth={false}
      options={people.map((person) => ({ value: person.open_id, label: nameIn(language, person), title: person.department }))}
      optionRender={(option) => <><PersonTag name={String(option.label)} /> <small>{option.data.title}</small></>} />
  );
}

function Moment({ field, value, onChange, onDone, autoFocus, label, id }: EditorProps) {
  const { base } = useGround();
  const timed = withTime(field);
  return (
    <DatePicker id={id} aria-label={label} autoFocus={autoFocus} defaultOpen={autoFocus} style={{ width: '100%' }}
      value={value === null || value === undefined ? null : toPicker(Number(value), base.time_zone)}
      showTime={timed ? { format: 'HH:mm' } : false} format={timed ? 'YYYY/MM/DD HH:mm' : 'YYYY/MM/DD'} classNames={POPUP}
      onOpenChange={(open) => open || onDone?.()}
      onChange={(picked) => onChange(picked ? fromPicker(picked, base.time_zone) : null)} />
  );
}

function Tick({ value, onChange, onDone, autoFocus, label, id }: EditorProps) {
  return (
    <Checkbox id={id} aria-label={label} autoFocus={autoFocus} checked={Boolean(value)}
      onChange={(event) => {
        onChange(event.target.checked);
        onDone?.();
      }} />
  );
}

function Address({ value, onChange, autoFocus, label, id }: EditorProps) {
  const { say } = useWords();
  const { link = '', text = '' } = (value ?? {}) as { link?: string; text?: string };
  const change = (next: { link: string; text: string }) => onChange(next.link ? next : null);
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <Input id={id} aria-label={label} autoFocus={autoFocus} value={link} placeholder="https://"
        onChange={(event) => change({ link: event.target.value, text: text === link ? event.target.value : text })} />
      <Input aria-label={`${label}: ${say({ zh: '显示的文字', en: 'shown text' })}`} value={text}
        placeholder={say({ zh: '显示的文字', en: 'Shown text' })} onChange={(event) => change({ link, text: event.target.value })} />
    </Space>
  );
}

function Coordinates(props: EditorProps) {
  const { say } = useWords();
  return (
    <Input id={props.id} aria-label={props.label} autoFocus={props.autoFocus} value={String(props.value ?? '')} placeholder={say({ zh: '经度,纬度', en: 'longitude,latitude' })}
      onChange={(event) => props.onChange(event.target.value || null)} />
  );
}

const BY_LOOK: Record<string, (props: EditorProps) => ReactNode> = { Rating: Stars, Email: Line, Barcode: Line };
const BY_TYPE: Record<number, (props: EditorProps) => ReactNode> = {
  [T.text]: Text,
  [T.number]: Figure,
  [T.single]: Choice,
  [T.multi]: Choice,
  [T.date]: Moment,
  [T.checkbox]: Tick,
  [T.user]: Persons,
  [T.url]: Address,
  [T.location]: Coordinates,
};
