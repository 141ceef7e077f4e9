// The coloured head of a card: title, subtitle and tags.
import { useCard } from './CardContext';
import { shade } from './colours';
import { type Json, localized, objects, text, textOf } from './json';
import { Tag } from './Markdown';

export function Header({ header }: { header: Json }) {
  const { language } = useCard();
  const title = textOf(header.title, language);
  const subtitle = textOf(header.subtitle, language);
  const tags = objects(localized(header.i18n_text_tag_list, header.text_tag_list, language));
  if (!title && !subtitle && tags.length === 0) return null;
  const { ink, tint } = shade(text(header.template) || 'default', 'blue');
  const plain = !header.template || header.template === 'default';
  return (
    <header className="card-header" style={plain ? {} : { background: tint, color: ink }}>
      <h3>
        {title}
        {tags.map((tag, place) => (
          <Tag key={place} colour={text(tag.color) || 'blue'}>{textOf(tag.text, language)}</Tag>
        ))}
      </h3>
      {subtitle && <p>{subtitle}</p>}
    </header>
  );
}
