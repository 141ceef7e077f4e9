// A table of a card, turned over page by page; its cells by the type of their column.
import { Table } from 'antd';
import dayjs from 'dayjs';
import type { Person } from '../feishu';
import type { Language } from '../words';
import { useCard } from './CardContext';
import type { ElementProps } from './Element';
import { type Json, list, number, object, objects, text } from './json';
import { Markdown, Mention, Tag } from './Markdown';

export function CardTable({ element }: ElementProps) {
  const { people, language } = useCard();
  const columns = objects(element.columns).map((column) => ({
    title: text(column.display_name) || text(column.name),
    dataIndex: text(column.name),
    align: text(column.horizontal_align) as 'left' | 'center' | 'right' | undefined,
    render: (value: unknown) => <Cell column={column} value={value} people={people} language={language} />,
  }));
  const rows = objects(element.rows).map((row, place) => ({ ...row, key: String(place) }));
  const size = number(element.page_size, 5);
  const pages = rows.length > size ? { pageSize: size, size: 'small' as const, showSizeChanger: false } : false;
  return <Table size="small" bordered columns={columns} dataSource={rows} pagination={pages} scroll={{ x: 'max-content' }} />;
}

type CellProps = { column: Json; value: unknown; people: Person[]; language: Language };

function Cell({ column, value, people, language }: CellProps) {
  if (value === null || value === undefined) return null;
  switch (text(column.data_type) || 'text') {
    case 'lark_md':
    case 'markdown':
      return <Markdown people={people}>{text(value)}</Markdown>;
    case 'options':
      return objects(value).map((one, place) => <Tag key={place} colour={text(one.color) || 'blue'}>{text(one.text)}</Tag>);
    case 'persons':
      return (Array.isArray(value) ? list(value) : [value]).map((id) => <Mention key={text(id)} id={text(id)} people={people} />);
    case 'date':
      return dayjs(number(value, 0)).format(dateFormat(text(column.date_format)));
    case 'number':
      return numberText(number(value, 0), object(column.format), language);
    default:
      return text(value);
  }
}

const dateFormat = (given: string): string => given.replace('yyyy', 'YYYY').replace('dd', 'DD') || 'YYYY-MM-DD';

function numberText(value: number, format: Json, language: Language): string {
  const digits = format.precision === undefined ? {} : { minimumFractionDigits: number(format.precision, 0), maximumFractionDigits: number(format.precision, 0) };
  const locale = language === 'zh' ? 'zh-CN' : 'en';
  return `${text(format.symbol)}${value.toLocaleString(locale, { useGrouping: format.separator === true, ...digits })}`;
}
