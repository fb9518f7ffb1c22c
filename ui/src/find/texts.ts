// The texts of a message that can be found, as they are read: Markdown without its signs, calls as the line they are told in.
import { parseWhole, type Block, type Token } from "../markdown/blocks.ts";
import { CHUNK, CUT_FROM } from "../markdown/stretch.ts";
import { bare } from "../state/ansi.ts";
import { marked } from "../state/marks.ts";
import { editWords, readable, toolWords } from "../view/row/toolwords.ts";
import { afterLabel, wasSaid } from "../view/row/told.ts";
import type { Message } from "../wire/types.ts";

/** `part` says where in the row it stands: "text", "text 2" (a stretch of a very long answer), "thought", "call ID", "error ID", "edit ID PATH". */
export type Text = { readonly part: string; readonly text: string };

/** Between two things that do not belong together: nothing that is looked for goes across it. */
export const BREAK = "\u0000";
/** Longer answers are searched as they were written: reading their Markdown would hold the page up. */
const LONGEST = 100_000;

const known = new WeakMap<Message, readonly Text[]>();

/** In the order in which they are read. */
export function textsOf(message: Message): readonly Text[] {
  const told = known.get(message);
  if (told !== undefined) return told;
  const texts = read(message).filter((one) => one.text !== "");
  known.set(message, texts);
  return texts;
}

function read(message: Message): Text[] {
  if (message.proposal !== undefined || message.changes !== undefined) return [];
  if (message.kind === "trace") return done(message);
  if (message.role === "user") return [{ part: "text", text: message.content }];
  if (message.notice !== undefined) return noticed(message);
  const reasoning = message.reasoning ?? "";
  if (reasoning === "") return prose(message.content);
  return wasSaid(message) ? prose(reasoning) : [{ part: "thought", text: reasoning }, ...prose(message.content)];
}

function noticed(message: Message): Text[] {
  if (message.notice?.kind === "command") return prose(message.content);
  return [{ part: "text", text: message.notice?.kind === "stopped" ? "" : afterLabel(message.content) }];
}

/** What the agent did: its calls, the files it changed, and why one of them failed. */
function done(message: Message): Text[] {
  const edits = message.fileEdits ?? [];
  const calls = (message.toolEvents ?? []).filter((tool) => !edits.some((edit) => edit.call_id === tool.call_id));
  return [
    { part: "text", text: message.toolEvents === undefined ? (message.traces ?? []).join(BREAK) : "" },
    ...calls.flatMap((tool) => [
      { part: `call ${tool.call_id}`, text: marked(toolWords(tool)) },
      { part: `error ${tool.call_id}`, text: bare(readable(tool.error)) },
    ]),
    ...edits.flatMap((edit) => [
      { part: `edit ${edit.call_id} ${edit.path}`, text: editWords(edit) },
      { part: `wrong ${edit.call_id} ${edit.path}`, text: edit.error ?? "" },
    ]),
  ];
}

function prose(text: string): Text[] {
  if (text.length > LONGEST) return [{ part: "text", text }];
  const blocks = parseWhole(text);
  if (blocks.length < CUT_FROM) return [{ part: "text", text: plain(blocks) }];
  const out: Text[] = [];
  for (let at = 0; at < blocks.length; at += CHUNK) out.push({ part: `text ${at / CHUNK}`, text: plain(blocks.slice(at, at + CHUNK)) });
  return out;
}

const plain = (blocks: readonly Block[]): string => blocks.map((block) => block.tokens.map(words).join("")).join(BREAK);

function words(token: Token): string {
  if (token.type === "inline") return (token.children ?? []).map(inline).join("").replace(/^\[[ xX]\](?:\s+|$)/, "");
  if (token.type === "fence" || token.type === "code_block") return token.content.replace(/\n$/, "");
  return BREAK;
}

function inline(token: Token): string {
  if (token.type === "softbreak" || token.type === "hardbreak") return "\n";
  return token.type === "image" ? BREAK : token.content;
}
