// A Feishu card as its reader sees it: frame, header, body; pressing shows that it is under way.
import { useMemo, useState } from 'react';
import type { Person } from '../feishu';
import { useWords } from '../words';
import { actedOn, bodyOf, type Entered, isV2, type Press } from './acting';
import { CardContext, type CardShown } from './CardContext';
import { Elements } from './Element';
import { Header } from './Header';
import { type Json, localized, object, objects, text } from './json';
import './card.css';

type Props = {
  content: unknown;
  people: Person[];
  /** Presses the element of this place as a person; without it the card is only looked at. */
  onPress?: Press | undefined;
};

export function Card({ content, people, onPress }: Props) {
  const { language } = useWords();
  const card = object(content);
  const [pressed, setPressed] = useState<Json | null>(null);
  const elements = useMemo(() => objects(localized(card.i18n_elements, bodyOf(card), language)), [card, language]);
  const press = async (element: Json, entered: Entered) => {
    setPressed(element);
    try {
      await onPress?.(actedOn(bodyOf(card)).indexOf(element), entered);
    } finally {
      setPressed(null);
    }
  };
  const shown: CardShown = {
    language, people, pressed, press: onPress && ((element, entered) => void press(element, entered)),
  };
  const wide = object(card.config).width_mode === 'fill';
  return (
    <CardContext.Provider value={shown}>
      <article className={wide ? 'card card-wide' : 'card'} aria-busy={pressed !== null}>
        <Header header={object(card.header)} />
        <div className="card-body" style={bodyStyle(card)}><Elements elements={elements} /></div>
      </article>
    </CardContext.Provider>
  );
}

function bodyStyle(card: Json): React.CSSProperties {
  const { direction, padding } = object(card.body);
  const across = isV2(card) && text(direction) === 'horizontal';
  return { ...(across ? { flexDirection: 'row', flexWrap: 'wrap' } : {}), ...(padding ? { padding: text(padding) } : {}) };
}
