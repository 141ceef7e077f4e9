// A chart of a card: VChart's own specification in the aspect ratio that the card asks for.
import { Chart } from '../charts/Chart';
import { useCard } from './CardContext';
import type { ElementProps } from './Element';
import { object, text, textOf } from './json';
import { useWords } from '../words';

export function CardChart({ element }: ElementProps) {
  const { language } = useCard();
  const { say } = useWords();
  const spec = object(element.chart_spec);
  const height = /^\d+px$/.test(text(element.height)) ? { height: text(element.height) } : null;
  const ratio = (text(element.aspect_ratio) || '16:9').replace(':', ' / ');
  const title = object(spec.title).text;
  const named = textOf(title, language) || say({ zh: '图表', en: 'Chart' });
  return <Chart spec={spec} label={named} style={height ?? { aspectRatio: ratio }} />;
}
