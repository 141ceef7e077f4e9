// Elements that are only read: texts, notes, rules, people.
import { useCard } from './CardContext';
import type { ElementProps } from './Element';
import { object, objects, text, textOf } from './json';
import { Markdown, Mention } from './Markdown';
import { Picture } from './pictures';

const isSmall = (size: unknown): boolean => ['notation', 'x-small', 'small'].includes(text(size));

export function MarkdownElement({ element }: ElementProps) {
  const { language, people } = useCard();
  const align = text(element.text_align) || undefined;
  return <Markdown people={people} align={align} small={isSmall(element.text_size)}>{textOf(element, language)}</Markdown>;
}

export function PlainText({ element }: ElementProps) {
  const { language } = useCard();
  return <p className={isSmall(element.text_size) ? 'card-plain card-small' : 'card-plain'}>{textOf(element, language)}</p>;
}

function Text({ element }: ElementProps) {
  return element.tag === 'plain_text' ? <PlainText element={element} /> : <MarkdownElement element={element} />;
}

/** A text with, in 1.0, fields beside one another and something at its right. */
export function Div({ element }: ElementProps) {
  const extra = object(element.extra);
  return (
    <div className="card-div">
      <div className="card-grow">
        {element.text !== undefined && <Text element={object(element.text)} />}
        <div className="card-fields">
          {objects(element.fields).map((field, place) => (
            <div key={place} className={field.is_short ? 'card-short' : 'card-long'}><Text element={object(field.text)} /></div>
          ))}
        </div>
      </div>
      {extra.tag === 'img' && <div className="card-extra"><Picture element={extra} /></div>}
    </div>
  );
}

export function Note({ element }: ElementProps) {
  return (
    <div className="card-note">
      {objects(element.elements).map((one, place) =>
        one.tag === 'img' ? <Picture key={place} element={one} /> : <Text key={place} element={one} />,
      )}
    </div>
  );
}

export const Rule = () => <hr className="card-rule" />;

export function People({ element }: ElementProps) {
  const { people } = useCard();
  const ids = element.tag === 'person' ? [element.user_id] : objects(element.persons).map((one) => one.id);
  return <p className="card-plain">{ids.map((id, place) => <span key={place}><Mention id={text(id)} people={people} /> </span>)}</p>;
}
