// Block tokens to nodes. The text is never markup: every node is made by name, every string is a text node.
import type { ComponentChildren, VNode } from "preact";
import { memo } from "./memo.ts";
import type { Block, Token } from "./blocks.ts";
import { CodeBlock } from "./code.tsx";
import { inline } from "./inline.tsx";

const SIMPLE: Record<string, string> = {
  paragraph_open: "p",
  bullet_list_open: "ul",
  blockquote_open: "blockquote",
  thead_open: "thead",
  tbody_open: "tbody",
  tr_open: "tr",
};

/** One top-level block; drawn again only when its tokens change. */
export const BlockView = memo(function BlockView(props: { block: Block }): VNode {
  return <>{blocks(props.block.tokens, { at: 0 }, props.block.closed)}</>;
}, (before: { block: Block }, after: { block: Block }) => before.block === after.block);

function blocks(tokens: readonly Token[], cursor: { at: number }, closed: boolean): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  while (cursor.at < tokens.length) {
    const token = tokens[cursor.at];
    cursor.at += 1;
    if (token === undefined || token.nesting < 0) break;
    out.push(one(token, tokens, cursor, closed));
  }
  return out;
}

function one(token: Token, tokens: readonly Token[], cursor: { at: number }, closed: boolean): ComponentChildren {
  switch (token.type) {
    case "inline":
      return inline(token.children ?? []);
    case "fence":
    case "code_block":
      return <CodeBlock code={token.content} language={language(token.info)} closed={closed} />;
    case "hr":
      return <hr />;
    case "list_item_open":
      return item(tokens, cursor, closed);
    case "table_open":
      return (
        <div class="table" tabIndex={0}>
          <table>{blocks(tokens, cursor, closed)}</table>
        </div>
      );
    default:
      return element(token, blocks(tokens, cursor, closed));
  }
}

function element(token: Token, children: ComponentChildren[]): ComponentChildren {
  if (token.type === "paragraph_open" && token.hidden) return children;
  if (token.type === "ordered_list_open") return <ol start={Number(token.attrGet("start") ?? 1)}>{children}</ol>;
  if (token.type === "th_open" || token.type === "td_open") {
    const align = /right|center/.exec(String(token.attrGet("style") ?? ""))?.[0];
    const Cell = token.type === "th_open" ? "th" : "td";
    return <Cell class={align ? `align-${align}` : undefined}>{children}</Cell>;
  }
  if (token.type === "heading_open") {
    // A message has a heading of its own (h2 or h3); headings inside an answer stand below it.
    const Level = `h${Math.min(6, Number(token.tag.slice(1)) + 3)}` as "h4";
    return <Level class={`md-${token.tag}`}>{children}</Level>;
  }
  const Name = SIMPLE[token.type] as "p" | undefined;
  return Name === undefined ? children : <Name>{children}</Name>;
}

const language = (info: string) => (info.trim().split(/\s+/)[0] ?? "").toLowerCase();

/** A list item; `[ ]` and `[x]` at its start make it a task. */
function item(tokens: readonly Token[], cursor: { at: number }, closed: boolean): VNode {
  const first = tokens[cursor.at + 1];
  const text = first?.type === "inline" ? first.children?.[0] : undefined;
  const mark = text?.type === "text" ? /^\[([ xX])\](?:\s+|$)/.exec(text.content) : null;
  if (text === undefined || mark === null) return <li>{blocks(tokens, cursor, closed)}</li>;
  const original = text.content;
  text.content = original.slice(mark[0].length);
  const children = blocks(tokens, cursor, closed);
  text.content = original;
  return (
    <li class="task">
      <input type="checkbox" checked={mark[1] !== " "} disabled />
      {children}
    </li>
  );
}
