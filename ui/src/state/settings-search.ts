// Finding a section by its name or by what is in it. Plain data, no page.
import type { Section } from "./settings-place.ts";

/** A section, its name, and the words in it: each also in the other languages it may be looked for in. */
export type Entry = { readonly section: Section; readonly name: string; readonly words: readonly { readonly text: string; readonly also: string }[] };
export type Found = { readonly section: Section; readonly name: string; /** What in it matched; empty when its own name did. */ readonly words: readonly string[] };

const MOST = 3;

/** All sections for an empty text; else those that have every word of it, by name first. */
export function search(entries: readonly Entry[], text: string): readonly Found[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (...texts: string[]) => wanted.every((word) => texts.some((one) => one.toLowerCase().includes(word)));
  if (wanted.length === 0) return entries.map(({ section, name }) => ({ section, name, words: [] }));
  const found = entries.flatMap(({ section, name, words }): Found[] => {
    if (has(name, section)) return [{ section, name, words: [] }];
    const hits = words.filter((word) => has(word.text, word.also)).map((word) => word.text);
    return hits.length === 0 ? [] : [{ section, name, words: hits.slice(0, MOST) }];
  });
  return found.sort((a, b) => Number(a.words.length > 0) - Number(b.words.length > 0));
}
