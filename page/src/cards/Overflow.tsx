// The menu behind three dots: each choice calls the app back with its value, or opens an address.
import { EllipsisOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useWords } from '../words';
import { addressOf } from './acting';
import { useCard } from './CardContext';
import type { ElementProps } from './Element';
import { objects, text, textOf } from './json';
import { openUrl, useOpening } from './opening';

export function Overflow({ element }: ElementProps) {
  const { language, press, pressed } = useCard();
  const { say } = useWords();
  const open = useOpening();
  const options = objects(element.options);
  const choose = (key: string) => {
    const option = options[Number(key)] ?? {};
    openUrl(open, addressOf(option));
    if (option.value !== undefined) press?.(element, { option: text(option.value) });
  };
  const items = options.map((option, place) => ({ key: String(place), label: textOf(option.text, language) }));
  return (
    <Dropdown menu={{ items, onClick: ({ key }) => choose(key) }} trigger={['click']}>
      <Button
        icon={<EllipsisOutlined />}
        aria-label={say({ zh: '更多操作', en: 'More actions' })}
        loading={pressed === element}
        disabled={element.disabled === true || !press}
      />
    </Dropdown>
  );
}
