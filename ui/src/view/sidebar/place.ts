// Where each line of the side bar stands, which one the keys are on, and bringing one into sight. Heights are fixed: the list is windowed.
import { computed, signal } from "@preact/signals";
import type { Line } from "../../state/lines.ts";
import { shown } from "../../state/shown.ts";

const HEIGHTS: Record<Line["kind"], number> = { group: 30, note: 26, chat: 32, temporary: 32 };

/** Where each line begins; the last entry is the whole height. */
export const tops = computed(() => {
  const out = new Float64Array(shown.value.length + 1);
  shown.value.forEach((line, at) => {
    out[at + 1] = (out[at] ?? 0) + HEIGHTS[line.kind];
  });
  return out;
});

/** The line the keys are on, by its id. */
export const active = signal<string | null>(null);

/** The chat under the pointer. */
export const hovered = signal<string | null>(null);

export function lineAt(y: number): number {
  const all = tops.value;
  let low = 0;
  let high = Math.max(0, all.length - 2);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle + 1] ?? 0) > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

export const indexOf = (id: string | null): number => (id === null ? -1 : shown.value.findIndex((line) => line.id === id));

export function reveal(at: number, scroller: HTMLElement | null): void {
  if (scroller === null) return;
  const top = tops.value[at] ?? 0;
  const bottom = tops.value[at + 1] ?? top;
  if (top < scroller.scrollTop) scroller.scrollTop = top - HEIGHTS.group;
  else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
}

/** The next line the keys may stand on. */
export function step(from: number, by: 1 | -1): number {
  const lines = shown.value;
  let at = from + by;
  while (lines[at]?.kind === "note") at += by;
  return lines[at] === undefined ? from : at;
}
