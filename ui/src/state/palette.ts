// The palette: every chat and every command of the window, found by some of their letters.
import { signal } from "@preact/signals";

export const paletteOpen = signal(false);

/** How well a text answers to what is looked for; 0: not at all. Words may come in any order. */
export function score(text: string, wanted: string): number {
  const low = text.toLowerCase();
  let sum = 1;
  for (const word of wanted.toLowerCase().split(/\s+/)) {
    if (word === "") continue;
    const at = low.indexOf(word);
    if (at < 0) return 0;
    sum += at === 0 ? 4 : /\W/.test(low[at - 1] ?? "") ? 2 : 1;
  }
  return sum;
}
