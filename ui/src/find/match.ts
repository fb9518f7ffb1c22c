// What is looked for, in one message: how often it is there and where. Plain data, no page.
import type { Message } from "../wire/types.ts";
import { textsOf } from "./texts.ts";

/** A blank stands for any stretch of blanks and line ends. Null: nothing is looked for. */
export function patternOf(wanted: string, exact: boolean): RegExp | null {
  const words = wanted.split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const source = words.join("\\s+");
  return words.every((word) => word === "") ? null : new RegExp(source, exact ? "gu" : "giu");
}

export type PartHits = { readonly part: string; readonly count: number };
export type RowHits = { readonly id: string; readonly parts: readonly PartHits[]; readonly count: number };
/** One hit: its row, and how many hits of the row stand before it. */
export type Hit = { readonly id: string; readonly index: number };

export function foundIn(message: Message, pattern: RegExp): RowHits | null {
  const parts: PartHits[] = [];
  let sum = 0;
  for (const { part, text } of textsOf(message)) {
    let count = 0;
    for (const _ of text.matchAll(pattern)) count += 1;
    if (count > 0) parts.push({ part, count });
    sum += count;
  }
  return sum === 0 ? null : { id: message.id, parts, count: sum };
}

/** The part of the row a hit is in, and how many hits of that part stand before it. */
export function inPart(row: RowHits, index: number): { part: string; nth: number } | null {
  let left = index;
  for (const { part, count } of row.parts) {
    if (left < count) return { part, nth: left };
    left -= count;
  }
  return null;
}

/** Where in its row a hit begins, to be compared with others of the same row. */
function placeOf(message: Message, pattern: RegExp, index: number): readonly [number, number] {
  let left = index;
  for (const [at, { text }] of textsOf(message).entries())
    for (const found of text.matchAll(pattern)) {
      if (left === 0) return [at, found.index];
      left -= 1;
    }
  return [0, 0];
}

/** The first hit of what is looked for now that stands where the hit of what was looked for before stands, or after it; -1: none in the row. */
export function sameOrAfter(message: Message, before: RegExp, index: number, now: RegExp): number {
  const [part, offset] = placeOf(message, before, index);
  let count = 0;
  for (const [at, { text }] of textsOf(message).entries())
    for (const found of text.matchAll(now)) {
      if (at > part || (at === part && found.index >= offset)) return count;
      count += 1;
    }
  return -1;
}

/** The hit a step further; goes round at both ends. */
export function stepped(rows: readonly RowHits[], from: Hit | null, step: 1 | -1): Hit | null {
  const at = from === null ? -1 : rows.findIndex((row) => row.id === from.id);
  const row = rows[at];
  if (from === null || row === undefined) return edge(rows[step > 0 ? 0 : rows.length - 1], step);
  const index = from.index + step;
  if (index >= 0 && index < row.count) return { id: row.id, index };
  return edge(rows[(at + step + rows.length) % rows.length], step);
}

const edge = (row: RowHits | undefined, step: 1 | -1): Hit | null => (row === undefined ? null : { id: row.id, index: step > 0 ? 0 : row.count - 1 });

/** "3 of 17": the 3; 0 when it is none of them. */
export function ordinal(rows: readonly RowHits[], hit: Hit | null): number {
  let sum = 0;
  for (const row of rows) {
    if (row.id === hit?.id) return sum + Math.min(hit.index, row.count - 1) + 1;
    sum += row.count;
  }
  return 0;
}
