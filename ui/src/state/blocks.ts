// A growing text in blocks that stay as they are: what is added changes the last one only, so that a fast command costs little to draw.
import { ansi, PLAIN, type Pen, type Piece } from "./ansi.ts";

/** `text` is as it came; `pieces` as it is drawn. */
export type Block = { readonly key: number; readonly text: string; readonly pieces: readonly Piece[]; readonly before: Pen; readonly after: Pen };
export type Blocks = { readonly text: string; readonly skipped: number; readonly list: readonly Block[]; readonly next: number };

export const NO_BLOCKS: Blocks = { text: "", skipped: 0, list: [], next: 0 };
/** A block is full from here on, at the end of a line; a line longer than `LONGEST` is parted. */
const FULL = 4_096;
const LONGEST = 32_768;

const encoder = new TextEncoder();

/** How many code units the first `bytes` bytes are; -1 when the text is shorter. */
function unitsOf(text: string, bytes: number): number {
  if (bytes === 0) return 0;
  const all = encoder.encode(text);
  return bytes > all.length ? -1 : new TextDecoder("utf-8", { ignoreBOM: true }).decode(all.subarray(0, bytes)).length;
}

/** The blocks of the text as it is now; those that are the same stay the same objects. */
export function advance(known: Blocks, text: string, skipped: number): Blocks {
  if (known.text === text && known.skipped === skipped) return known;
  const gone = skipped >= known.skipped ? unitsOf(known.text, skipped - known.skipped) : -1;
  const kept = gone < 0 ? "" : known.text.slice(gone);
  if (kept === "" || !text.startsWith(kept)) return added({ text, skipped, list: [], next: known.next }, text);
  return added({ text, skipped, list: cutFront(known.list, gone), next: known.next }, text.slice(kept.length));
}

function block(key: number, text: string, before: Pen): Block {
  const { pieces, pen } = ansi(text, before);
  return { key, text, pieces, before, after: pen };
}

function cutFront(list: readonly Block[], units: number): readonly Block[] {
  let left = units;
  let at = 0;
  while (at < list.length && left >= (list[at]?.text.length ?? 0)) left -= list[at++]?.text.length ?? 0;
  const first = list[at];
  if (first === undefined || left === 0) return list.slice(at);
  return [block(first.key, first.text.slice(left), first.before), ...list.slice(at + 1)];
}

function added(known: Blocks, more: string): Blocks {
  const list = [...known.list];
  let next = known.next;
  let rest = more;
  while (rest !== "") {
    const last = list.at(-1);
    const open = last !== undefined && !isFull(last.text) ? last : undefined;
    const room = Math.max(1, FULL - (open?.text.length ?? 0));
    const end = rest.indexOf("\n", room - 1);
    const take = end < 0 ? Math.min(rest.length, LONGEST) : Math.min(end + 1, LONGEST);
    const text = (open?.text ?? "") + rest.slice(0, take);
    if (open === undefined) list.push(block((next += 1), text, last?.after ?? PLAIN));
    else list[list.length - 1] = block(open.key, text, open.before);
    rest = rest.slice(take);
  }
  return { ...known, list, next };
}

const isFull = (text: string) => text.length >= LONGEST || (text.length >= FULL && text.endsWith("\n"));
