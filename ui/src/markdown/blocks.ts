// Splits a growing Markdown text into top-level blocks: closed ones are parsed once, only the open tail is parsed again.
import MarkdownIt, { type Token } from "markdown-it";

export type { Token };
/** A closed block keeps its identity, so what was drawn for it is not drawn again. */
export type Block = { readonly key: number; readonly tokens: readonly Token[]; readonly closed: boolean };

const parser = new MarkdownIt({ html: false, linkify: true, breaks: false, typographer: false });
// Every link target passes; what may be opened is decided where links are drawn, so that a refused one still shows its text.
parser.validateLink = () => true;

type Span = { tokens: Token[]; from: number; to: number };

function topLevel(tokens: Token[]): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let start = 0;
  tokens.forEach((token, at) => {
    if (depth === 0) start = at;
    depth += token.nesting;
    if (depth !== 0) return;
    const map = tokens[start]?.map;
    if (map) spans.push({ tokens: tokens.slice(start, at + 1), from: map[0], to: map[1] });
  });
  return spans;
}

/** Where line `line` begins in `text`. */
function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 0; at < line; at += 1) {
    const next = text.indexOf("\n", offset);
    if (next < 0) return text.length;
    offset = next + 1;
  }
  return offset;
}

export class GrowingText {
  private closed: Block[] = [];
  private text = "";
  /** Everything before this offset is in `closed`. */
  private settled = 0;
  private blocks: readonly Block[] = [];

  /** The blocks of `text`. Cheap when `text` continues what was given before; any other text starts over. */
  update(text: string, complete: boolean): readonly Block[] {
    if (!text.startsWith(this.text)) this.reset();
    else if (text.length === this.text.length && this.blocks.every((block) => block.closed) && text.length > 0) return this.blocks;
    this.text = text;
    const tail = text.slice(this.settled);
    const spans = topLevel(parser.parse(tail, {}));
    const stable = complete ? spans.length : this.countStable(tail, spans);
    const base = this.settled;
    for (const span of spans.slice(0, stable)) {
      this.closed.push({ key: this.closed.length, tokens: span.tokens, closed: true });
      this.settled = base + offsetOfLine(tail, span.to);
    }
    if (complete) this.settled = text.length;
    const open = spans.slice(stable).map((span, at): Block => ({ key: this.closed.length + at, tokens: span.tokens, closed: false }));
    this.blocks = [...this.closed, ...open];
    return this.blocks;
  }

  /** A block is closed once a later one has begun with a whole line: half a line may still turn out to belong to it. */
  private countStable(tail: string, spans: readonly Span[]): number {
    const last = spans.at(-1);
    if (last === undefined) return 0;
    const begun = tail.indexOf("\n", offsetOfLine(tail, last.from)) >= 0;
    return Math.max(0, spans.length - (begun ? 1 : 2));
  }

  private reset(): void {
    this.closed = [];
    this.settled = 0;
    this.text = "";
    this.blocks = [];
  }
}

/** The blocks of a text that is complete. */
export function parseWhole(text: string): readonly Block[] {
  return new GrowingText().update(text, true);
}
