// What a card shows when it is opened, as texts that can be found: what a call was given, what came of it, how a file changed.
import { bare } from "../state/ansi.ts";
import { outputsOf } from "../state/calls.ts";
import { hunksOf, SIGNS } from "../state/hunks.ts";
import { marked } from "../state/marks.ts";
import { besides, readable, scriptOf } from "../view/row/toolwords.ts";
import type { FileEdit, Message, ToolEvent } from "../wire/types.ts";
import { BREAK, type Text } from "./part.ts";

/** In the order in which they stand there. What the card's own line says already is not found a second time. */
export function callDetails(message: Message, tool: ToolEvent, line: string): Text[] {
  const id = tool.call_id;
  const script = scriptOf(tool);
  const result = readable(tool.result);
  const error = readable(tool.error);
  return [
    { part: `script ${id}`, text: script === undefined || isSaid(line, script) ? "" : marked(script) },
    { part: `given ${id}`, text: strings(tool.arguments).every((one) => one === script || isSaid(line, one)) ? "" : marked(besides(tool)) },
    ...outputsOf(message, tool).map((one) => ({ part: `out${one.channel} ${id}`, text: bare(one.text) })),
    { part: `result ${id}`, text: result === error ? "" : bare(result) },
    { part: `error ${id}`, text: bare(error) },
  ];
}

/** Line by line: nothing that is looked for goes from one to the next. */
export function diffText(edit: FileEdit): string {
  const lines = hunksOf(edit.diff?.text ?? "").flatMap((hunk) => hunk.lines);
  return lines.map((line) => `${SIGNS[line.kind]}${marked(line.text)}\n`).join(BREAK);
}

const isSaid = (line: string, text: string) => line.includes(marked(text.replace(/\s+/g, " ").trim()));

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}
