// What a screen reader says while a card is carried.
import type { Active, Over } from '@dnd-kit/core';
import type { Words } from '../words';

type Say = (words: Words) => string;
type Held = { active: Active; over: Over | null };
const name = (thing: Active | Over | null) => String(thing?.data.current?.title ?? '');

export function announcements(say: Say) {
  return {
    announcements: {
      onDragStart: ({ active }: Held) => say({ zh: `拿起 ${name(active)}`, en: `Picked up ${name(active)}` }),
      onDragOver: ({ over }: Held) => (over ? say({ zh: `在 ${name(over)} 上方`, en: `Over ${name(over)}` }) : ''),
      onDragEnd: ({ active, over }: Held) => say({ zh: `${name(active)} 放到 ${name(over)}`, en: `${name(active)} dropped on ${name(over)}` }),
      onDragCancel: ({ active }: Held) => say({ zh: `${name(active)} 放回原处`, en: `${name(active)} stays where it was` }),
    },
    screenReaderInstructions: {
      draggable: say({ zh: '按空格拿起，左右方向键换列，再按空格放下，Esc 取消', en: 'Space picks up, the arrow keys change the column, space drops, Escape cancels' }),
    },
  };
}
