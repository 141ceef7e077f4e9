// A cell as Feishu shows it, by the type of its column.
import { EnvironmentOutlined, PaperClipOutlined } from '@ant-design/icons';
import { Progress, Rate } from 'antd';
import type { ReactNode } from 'react';
import type { Field } from '../feishu';
import { useGround } from '../ground/Ground';
import { nameIn, useWords } from '../words';
import './cells.css';
import { numberText } from './numbers';
import { type Segment, type Shown, linkedIds, textOf } from './shapes';
import { OptionTag, PersonTag } from './tags';
import { useTitles } from './titles';
import { isLink, isUser, setting, T } from './types';

type Props = { field: Field; value: unknown };

export function Cell({ field, value }: Props): ReactNode {
  const { base, people } = useGround();
  if (value === undefined || value === null) return null;
  const Special = specialOf(field);
  if (Special) return <Special field={field} value={value} />;
  return <span className="cell-text">{textOf(field, value, { zone: base.time_zone, people })}</span>;
}

function specialOf(field: Field): ((props: Props) => ReactNode) | undefined {
  if (isUser(field)) return People;
  if (isLink(field)) return Links;
  return BY_LOOK[field.ui_type] ?? BY_TYPE[field.type];
}

function Options({ field, value }: Props) {
  const names = Array.isArray(value) ? (value as string[]) : [String(value)];
  return <span className="cell-tags">{names.map((name) => <OptionTag key={name} field={field} name={name} />)}</span>;
}

function People({ value }: Props) {
  const { people } = useGround();
  const { language } = useWords();
  const named = (one: Shown) => nameIn(language, people.find((person) => person.open_id === one.id) ?? one);
  const listed = Array.isArray(value) ? (value as Shown[]) : [value as Shown];
  return <span className="cell-tags">{listed.map((one) => <PersonTag key={one.id} name={named(one)} />)}</span>;
}

function Links({ field, value }: Props) {
  const ids = linkedIds(value);
  const titles = useTitles(field, ids);
  return (
    <span className="cell-tags">
      {ids.map((id) => <span key={id} className="tag tag-link">{titles.get(id) ?? '…'}</span>)}
    </span>
  );
}

function Url({ value }: Props) {
  const { link, text } = value as Segment;
  if (!/^https?:|^mailto:/i.test(link ?? '')) return <span className="cell-text">{text || link}</span>;
  return <a href={link} target="_blank" rel="noreferrer">{text || link}</a>;
}

function Mail({ value }: Props) {
  const text = (value as Segment[])[0]?.text ?? '';
  return <a href={`mailto:${text}`}>{text}</a>;
}

function Files({ value }: Props) {
  const files = value as { file_token: string; name: string }[];
  return (
    <span className="cell-tags">
      {files.map((file) => <span key={file.file_token} className="tag tag-link"><PaperClipOutlined /> {file.name}</span>)}
    </span>
  );
}

function Checked({ value }: Props) {
  const { say } = useWords();
  return value ? <span role="img" aria-label={say({ zh: '已勾选', en: 'ticked' })} className="cell-tick">✓</span> : null;
}

function Rating({ field, value }: Props) {
  return <Rate disabled count={setting(field, 'max', 5)} value={Number(value)} className="cell-rate" />;
}

function Bar({ field, value }: Props) {
  const [least, most] = [setting(field, 'min', 0), setting(field, 'max', 1)];
  const percent = Math.round(((Number(value) - least) / (most - least)) * 100);
  return <Progress percent={percent} size="small" format={() => numberText(field, Number(value))} />;
}

function Numeric({ field, value }: Props) {
  return <span className="cell-number">{numberText(field, Number(value))}</span>;
}

function Place({ value }: Props) {
  const { location, full_address: address } = value as { location: string; full_address?: string };
  return <span className="cell-text"><EnvironmentOutlined /> {address || location}</span>;
}

const BY_LOOK: Record<string, (props: Props) => ReactNode> = { Rating, Progress: Bar, Email: Mail };
const BY_TYPE: Record<number, (props: Props) => ReactNode> = {
  [T.number]: Numeric,
  [T.single]: Options,
  [T.multi]: Options,
  [T.checkbox]: Checked,
  [T.url]: Url,
  [T.attachment]: Files,
  [T.location]: Place,
};
