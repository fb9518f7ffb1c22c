// The texts of a message that can be found, as they are read: Markdown without its signs, calls as the line they are told in and with what
// they show when they are opened, attachments by their names.
import { language } from "../i18n/text.ts";
import { parseWhole, type Block, type Token } from "../markdown/blocks.ts";
import { CHUNK, CUT_FROM } from "../markdown/stretch.ts";
import { marked } from "../state/marks.ts";
import { editWords, toolWords } from "../view/row/toolwords.ts";
import { afterLabel, mediaOf, wasSaid } from "../view/row/told.ts";
import type { Message } from "../wire/types.ts";
import { callDetails, diffText } from "./details.ts";
import { BREAK, type Text } from "./part.ts";

/** Longer answers are searched as they were written: reading their Markdown would hold the page up. */
const LONGEST = 100_000;
/** What was done is read anew each time when it is longer: it is quickly read, and would be held twice. */
const REMEMBERED = 20_000;

let known = new WeakMap<Message, readonly Text[]>();
/** Calls are told in the words of this language. */
let spoken = language.peek();

/** In the order in which they are read. */
export function textsOf(message: Message): readonly Text[] {
  if (spoken !== language.peek()) {
    spoken = language.peek();
    known = new WeakMap();
  }
  const told = known.get(message);
  if (told !== undefined) return told;
  const texts = read(message).filter((one) => one.text !== "");
  const size = message.kind === "trace" ? texts.reduce((sum, one) => sum + one.text.length, 0) : 0;
  if (size <= REMEMBERED) known.set(message, texts);
  return texts;
}

function read(message: Message): Text[] {
  if (message.proposal !== undefined || message.changes !== undefined) return [];
  if (message.kind === "trace") return done(message);
  if (message.role === "user") return [...attached(message), { part: "text", text: message.content }];
  if (message.notice !== undefined) return noticed(message);
  const reasoning = message.reasoning ?? "";
  if (reasoning === "") return [...prose(message.content), ...attached(message)];
  const thought = wasSaid(message) ? prose(reasoning) : [{ part: "thought", text: reasoning }, ...prose(message.content)];
  return [...thought, ...attached(message)];
}

const attached = (message: Message): Text[] => mediaOf(message).map((item, at) => ({ part: `media ${at}`, text: item.name ?? "" }));

function noticed(message: Message): Text[] {
  if (message.notice?.kind === "command") return prose(message.content);
  return [{ part: "text", text: message.notice?.kind === "stopped" ? "" : afterLabel(message.content) }];
}

/** What the agent did: its calls and the files it changed, each with what it shows when it is opened. */
function done(message: Message): Text[] {
  const edits = message.fileEdits ?? [];
  const calls = (message.toolEvents ?? []).filter((tool) => !edits.some((edit) => edit.call_id === tool.call_id));
  return [
    { part: "text", text: message.toolEvents === undefined ? (message.traces ?? []).join(BREAK) : "" },
    ...calls.flatMap((tool) => {
      const line = marked(toolWords(tool));
      return [{ part: `call ${tool.call_id}`, text: line }, ...callDetails(message, tool, line)];
    }),
    ...edits.flatMap((edit) => [
      { part: `edit ${edit.call_id} ${edit.path}`, text: editWords(edit) },
      { part: `wrong ${edit.call_id} ${edit.path}`, text: edit.error ?? "" },
      { part: `diff ${edit.call_id} ${edit.path}`, text: diffText(edit) },
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
