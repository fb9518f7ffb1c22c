// A text with its marks: the gateway writes what hides in a text as ‹U+202E RLO›, and each of those is shown as a badge.
import { lookalikes } from "./lookalikes.ts";

export type Part = { readonly kind: "text" | "mark"; readonly text: string };

/** What a mark can hold; anything else between these quotes is plain text. */
const MARK = /‹((?:U\+[0-9A-F]{4,6}|\d+ (?:blanks|line ends))[^‹›\n]{0,400})›/g;

export function parts(text: string): Part[] {
  const out: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(MARK)) {
    if (found.index > from) out.push({ kind: "text", text: text.slice(from, found.index) });
    out.push({ kind: "mark", text: found[1] ?? "" });
    from = found.index + found[0].length;
  }
  if (from < text.length) out.push({ kind: "text", text: text.slice(from) });
  return out;
}

export const hasMarks = (text: string): boolean => parts(text).some((part) => part.kind === "mark");

/** Characters that hide or turn text, for texts the gateway has not marked. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** The same text with marks where something hides, or passes for something else. */
export function marked(text: string): string {
  return lookalikes(text).replace(/\r(?=\n|$)/g, "").replace(HIDDEN, (one) => `‹U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`);
}
