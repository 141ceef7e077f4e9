// Arrow keys carry a card to the column beside it.
import { type KeyboardCoordinateGetter } from '@dnd-kit/core';

export const toColumn: KeyboardCoordinateGetter = (event, { context, currentCoordinates }) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.code];
  if (step === undefined) return undefined;
  event.preventDefault();
  const columns = [...context.droppableRects.values()].sort((one, other) => one.left - other.left);
  const here = columns.findIndex((column) => currentCoordinates.x < column.right);
  const next = columns[Math.max(0, Math.min(columns.length - 1, here + step))];
  return next && { x: next.left + 8, y: next.top + 48 };
};
