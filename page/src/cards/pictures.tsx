// Pictures of a card; the sandbox serves what the app uploaded.
import { Image } from 'antd';
import { useWords } from '../words';
import { useCard } from './CardContext';
import type { ElementProps } from './Element';
import { localized, objects, text, textOf } from './json';
import { pictureAt } from './Markdown';

export function Picture({ element }: ElementProps) {
  const { language } = useCard();
  const { say } = useWords();
  const key = text(localized(element.i18n_img_key, element.img_key, language));
  const alt = textOf(element.alt, language) || textOf(element.title, language) || say({ zh: '图片', en: 'Picture' });
  return <Image className="card-picture" src={pictureAt(key)} alt={alt} preview={element.preview !== false} />;
}

export function Pictures({ element }: ElementProps) {
  return (
    <div className="card-pictures">
      {objects(element.img_list).map((one, place) => <Picture key={place} element={one} />)}
    </div>
  );
}
