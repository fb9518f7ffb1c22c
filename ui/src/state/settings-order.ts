// Moves inside an order of names. Plain data, no page.

/** The same order with one item at another place; the very same array when nothing moves. */
export function moveTo(order: readonly string[], name: string, to: number): readonly string[] {
  const from = order.indexOf(name);
  const place = Math.max(0, Math.min(order.length - 1, to));
  if (from < 0 || from === place) return order;
  const rest = order.filter((one) => one !== name);
  return [...rest.slice(0, place), name, ...rest.slice(place)];
}

export const moveBy = (order: readonly string[], name: string, steps: number): readonly string[] => moveTo(order, name, order.indexOf(name) + steps);

/** Where an item held at `y` belongs, given the middles of all rows from top to bottom. */
export function placeAt(y: number, middles: readonly number[]): number {
  const before = middles.filter((middle) => middle < y).length;
  return Math.min(before, Math.max(0, middles.length - 1));
}
