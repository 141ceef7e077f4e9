// One block of a dashboard: a number, a text, a chart, or why it shows nothing.
import { Chart } from '../charts/Chart';
import { type Figures, specOf, total } from '../charts/figures';
import { Markdown } from '../cards/Markdown';
import { useWords, type Words } from '../words';

export type BlockShown = {
  block_id: string;
  name: string;
  type: string;
  layout: { x: number; y: number; w: number; h: number };
  text?: string;
  figures?: Figures;
  unshown?: { why: 'table' | 'field' | 'filter'; about: string };
};

const WHY: Record<'table' | 'field' | 'filter', (about: string) => Words> = {
  table: (about) => ({ zh: `数据表「${about}」不存在`, en: `The table “${about}” does not exist` }),
  field: (about) => ({ zh: `没有字段「${about}」，或您无权查看`, en: `There is no field “${about}”, or you may not see it` }),
  filter: (about) => ({ zh: `筛选条件无法使用：${about}`, en: `The filter cannot be used: ${about}` }),
};

export function Block({ block }: { block: BlockShown }) {
  const { x, y, w, h } = block.layout;
  const place = { '--column': `${x + 1} / span ${w}`, '--row': `${y + 1} / span ${h}` } as React.CSSProperties;
  return (
    <section className="block" style={place} aria-label={block.name}>
      {block.type !== 'text' && <h4>{block.name}</h4>}
      <Inside block={block} />
    </section>
  );
}

function Inside({ block }: { block: BlockShown }) {
  const { say } = useWords();
  if (block.text !== undefined) return <Markdown people={[]}>{block.text}</Markdown>;
  if (block.unshown) return <p className="block-none">{say(WHY[block.unshown.why](block.unshown.about))}</p>;
  if (!block.figures) return null;
  if (block.type === 'statistics') return <Statistic figures={block.figures} />;
  const spec = specOf(block.type, block.figures, say);
  if (!spec) return <p className="block-none">{say({ zh: `本页面无法显示 ${block.type}`, en: `This page cannot show ${block.type}` })}</p>;
  if (block.figures.records === 0) return <p className="block-none">{say({ zh: '暂无数据', en: 'No data' })}</p>;
  return <div className="block-chart"><Chart spec={spec} label={`${block.name}：${told(block.figures)}`} style={{ height: '100%' }} /></div>;
}

/** The figures in words, for those who do not see the drawing. */
function told({ categories, series }: Figures): string {
  const lines = categories.slice(0, 20).map((category, place) => {
    const values = series.map(({ values: of }) => of[place] ?? '–').join(' / ');
    return `${category ?? '–'} ${values}`;
  });
  return lines.join('；');
}

function Statistic({ figures }: { figures: Figures }) {
  const { language } = useWords();
  const value = total(figures);
  const locale = language === 'zh' ? 'zh-CN' : 'en';
  return <p className="block-number">{value === null ? '–' : value.toLocaleString(locale, { maximumFractionDigits: 2 })}</p>;
}
