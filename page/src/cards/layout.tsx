// Elements that hold others: columns, rows of buttons, panels that fold, containers that can be pressed.
import { Collapse } from 'antd';
import type { KeyboardEvent } from 'react';
import { useWords } from '../words';
import { addressOf, callsBack } from './acting';
import { useCard } from './CardContext';
import { type ElementProps, Elements } from './Element';
import { type Json, number, object, objects, text, textOf } from './json';
import { openUrl, useOpening } from './opening';
import { shade } from './colours';

function width(column: Json): React.CSSProperties {
  const given = text(column.width);
  if (given === 'weighted') return { flex: `${number(column.weight, 1)} 1 0` };
  return /^\d+px$/.test(given) ? { flex: `0 1 ${given}` } : { flex: '0 1 auto' };
}

const tinted = (name: unknown): React.CSSProperties =>
  text(name) && text(name) !== 'default' ? { background: shade(text(name), 'grey').tint, padding: 8, borderRadius: 6 } : {};

export function ColumnSet({ element }: ElementProps) {
  const mode = text(element.flex_mode) || 'none';
  return (
    <div className={`card-columns card-columns-${mode}`} style={tinted(element.background_style)}>
      {objects(element.columns).map((column, place) => (
        <div key={place} className="card-column" style={{ ...width(column), ...tinted(column.background_style) }}>
          <Elements elements={column.elements} />
        </div>
      ))}
    </div>
  );
}

/** The buttons of 1.0 beside one another. */
export function Row({ element }: ElementProps) {
  return <div className="card-row"><Elements elements={element.actions} /></div>;
}

export function Collapsible({ element }: ElementProps) {
  const { language } = useCard();
  const { say } = useWords();
  const label = textOf(object(element.header).title, language) || say({ zh: '展开', en: 'More' });
  const inside = <div className="card-stack"><Elements elements={element.elements} /></div>;
  return (
    <Collapse
      size="small"
      defaultActiveKey={element.expanded === true ? ['inside'] : []}
      items={[{ key: 'inside', label: label.replaceAll('**', ''), children: inside }]}
    />
  );
}

export function Interactive({ element }: ElementProps) {
  const { press, pressed } = useCard();
  const open = useOpening();
  const act = () => {
    openUrl(open, addressOf(element));
    if (callsBack(element) && !pressed) press?.(element, {});
  };
  const typed = (event: KeyboardEvent) => {
    if (event.target === event.currentTarget && (event.key === 'Enter' || event.key === ' ')) act();
  };
  const active = element.disabled !== true && (addressOf(element) !== '' || callsBack(element));
  const acting = active ? { role: 'button', tabIndex: 0, onClick: act, onKeyDown: typed } : {};
  const edge = element.has_border === true ? { border: '1px solid #dee0e3', borderRadius: 6, padding: 8 } : {};
  return (
    <div className={active ? 'card-stack card-pressable' : 'card-stack'} style={{ ...edge, ...tinted(element.background_style) }} {...acting}>
      <Elements elements={element.elements} />
    </div>
  );
}
