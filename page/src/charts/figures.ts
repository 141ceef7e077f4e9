// From the figures that the sandbox computed to the specification that VChart draws; pure.
import type { Words } from '../words';

export type Figures = {
  /** Null is the group of empty cells. */
  categories: (string | null)[];
  /** A name is null where records are counted; a value where nothing makes it up. */
  series: { name: string | null; values: (number | null)[] }[];
  records: number;
};
type Spec = Record<string, unknown>;
type Point = { category: string; kind: string; value: number | null };

export const COLOURS = [
  '#3370FF', '#34C724', '#FF8800', '#7F3BF5', '#14C0FF', '#F54A45', '#FFC60A', '#00D6B9', '#E13DB0', '#B3D600', '#4954E6', '#BBBFC4',
];
const EMPTY: Words = { zh: '（空）', en: '(empty)' };
const COUNT: Words = { zh: '记录数', en: 'Records' };

function points(figures: Figures, say: (words: Words) => string, split: boolean): Point[] {
  return figures.series.flatMap(({ name, values }) =>
    values.map((value, place) => ({
      category: figures.categories[place] ?? say(EMPTY),
      kind: name ?? say(split ? EMPTY : COUNT),
      value,
    })),
  );
}

/** Null for a type of block that this page cannot draw. */
export function specOf(type: string, figures: Figures, say: (words: Words) => string): Spec | null {
  const several = figures.series.length > 1;
  const values = points(figures, say, several);
  const shared = { color: COLOURS, padding: 8, data: { id: 'figures', values } };
  const round = { ...shared, categoryField: 'category', valueField: 'value', legends: legend, label: { visible: true, formatter: '{category} {value}' } };
  const flat = { ...shared, seriesField: 'kind', yField: 'value', xField: 'category', legends: several ? legend : { visible: false } };
  switch (type) {
    case 'column':
      return { ...flat, type: 'bar', xField: several ? ['category', 'kind'] : 'category', axes: [bottom, left] };
    case 'bar':
      return {
        ...flat, type: 'bar', direction: 'horizontal', xField: 'value', yField: several ? ['category', 'kind'] : 'category',
        axes: [{ ...bottom, type: 'linear' }, { ...left, type: 'band' }],
      };
    case 'line':
    case 'area':
    case 'scatter':
      return { ...flat, type, stack: false, invalidType: 'break', axes: [bottom, left] };
    case 'combo':
      return combo(figures, say);
    case 'pie':
      return { ...round, type: 'pie', outerRadius: 0.75 };
    case 'ring':
      return { ...round, type: 'pie', innerRadius: 0.5, outerRadius: 0.75 };
    case 'funnel':
      return { ...round, type: 'funnel', isCone: false, data: { ...shared.data, values: falling(values) } };
    case 'radar':
      return { ...shared, type: 'radar', categoryField: 'category', valueField: 'value', seriesField: 'kind', legends: several ? legend : { visible: false } };
    case 'wordCloud':
      return { ...shared, type: 'wordCloud', nameField: 'category', valueField: 'value' };
    default:
      return null;
  }
}

const legend = { visible: true, orient: 'bottom', maxRow: 3, autoPage: true, item: { label: { style: { fontSize: 12 } } } };
const bottom = { orient: 'bottom', type: 'band', label: { autoHide: true, autoLimit: true } };
const left = { orient: 'left', type: 'linear' };

/** A funnel narrows: the largest first. */
const falling = (values: Point[]): Point[] => [...values].sort((one, other) => (other.value ?? 0) - (one.value ?? 0));

/** Columns for the first series, a line for each other one. */
function combo(figures: Figures, say: (words: Words) => string): Spec {
  const part = (series: Figures['series'], type: string): Spec => ({
    type, xField: 'category', yField: 'value', seriesField: 'kind',
    data: { id: type, values: points({ ...figures, series }, say, figures.series.length > 1) },
  });
  const [first, ...others] = figures.series;
  const series = [part(first ? [first] : [], 'bar'), ...(others.length ? [part(others, 'line')] : [])];
  return { type: 'common', color: COLOURS, padding: 8, legends: legend, axes: [bottom, left], series };
}

/** The one number of a block of statistics; null when nothing makes it up. */
export const total = (figures: Figures): number | null => figures.series[0]?.values[0] ?? null;
