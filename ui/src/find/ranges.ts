// Where in the drawn page a part of a message stands, what of it is folded, and the stretches of text that are hits.
import { BREAK, INSIDE } from "./part.ts";

const BLOCKS = new Set(["P", "LI", "UL", "OL", "PRE", "H4", "H5", "H6", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "DIV", "BLOCKQUOTE", "HR"]);
/** Words of the window inside a message. */
const OURS = "button, .code-head, .visually-hidden, .remote-picture, video, .dl > i, .dl.gap, .line-end";
/** Blocks of output are one text. */
const THROUGH = ".output .block";

const split = (part: string): [string, string] => {
  const at = part.indexOf(" ");
  return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
};
const lineOf = (row: Element, name: string): HTMLDetailsElement | null => row.querySelector(`details[data-finds="${CSS.escape(name)}"]`);
const groupOf = (row: Element, name: string): HTMLDetailsElement | null => row.querySelector(`details[data-finds~="${CSS.escape(name)}"]`);

/** The element the part is written in; null while it is folded or not drawn. */
export function elementOf(row: Element, part: string): Element | null {
  const [kind, name] = split(part);
  switch (kind) {
    case "thought":
      return row.querySelector(":scope > .reasoning > .reasoning-text");
    case "call":
    case "edit":
      return lineOf(row, name)?.querySelector(":scope > summary > .line") ?? null;
    case "media":
      return row.querySelector(`:scope > .media [data-media="${name}"]`);
    case "wrong":
      return lineOf(row, name)?.querySelector(":scope > .act-body > .error-text") ?? null;
    default:
      break;
  }
  if (INSIDE.has(kind)) return lineOf(row, name)?.querySelector(`:scope > .act-body [data-part="${kind}"]:not(.told:not([open]) *)`) ?? null;
  const whole = row.querySelector(":scope > .text, :scope > .md, .notice .words");
  return name === "" ? whole : (whole?.children[Number(name)] ?? null);
}

/** What must be unfolded first for the part to be seen. */
export function foldOf(row: Element, part: string): HTMLDetailsElement | null {
  const [kind, name] = split(part);
  const inside = INSIDE.has(kind);
  const fold = kind === "thought" ? row.querySelector<HTMLDetailsElement>(":scope > .reasoning") : inside || kind === "call" || kind === "edit" ? (lineOf(row, name) ?? groupOf(row, name)) : null;
  if (fold === null) return null;
  if (fold.open) return inside ? fold.querySelector(`:scope > .act-body > details.told:not([open]):has([data-part="${kind}"])`) : null;
  return kind === "thought" || inside || lineOf(row, name) === null ? fold : null;
}

/** The hits inside an element, in the order in which they are read. */
export function rangesIn(element: Element, pattern: RegExp): Range[] {
  const pieces: { readonly node: Text; readonly from: number }[] = [];
  let text = "";
  const walk = (parent: Element) => {
    const block = BLOCKS.has(parent.tagName) && !parent.matches(THROUGH);
    if (block) text += BREAK;
    for (const node of parent.childNodes) {
      if (node instanceof Text) {
        pieces.push({ node, from: text.length });
        text += node.data;
      } else if (node instanceof Element && node.tagName === "BR") text += "\n";
      else if (node instanceof Element && !node.matches(OURS)) walk(node);
    }
    if (block) text += BREAK;
  };
  walk(element);
  return [...text.matchAll(pattern)].flatMap((found) => rangeOf(pieces, found.index, found.index + found[0].length) ?? []);
}

function rangeOf(pieces: readonly { readonly node: Text; readonly from: number }[], from: number, to: number): Range | null {
  const first = pieces.findLast((piece) => piece.from <= from);
  const last = pieces.findLast((piece) => piece.from < to);
  if (first === undefined || last === undefined) return null;
  const range = new Range();
  range.setStart(first.node, Math.min(first.node.length, from - first.from));
  range.setEnd(last.node, Math.min(last.node.length, to - last.from));
  return range;
}
