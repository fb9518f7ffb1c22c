// What waits for a person, what commands put out while they run, what turns changed (envelope §7, ours). Each proposal has a row of its own that
// keeps the stretch of work it stands in; output stands with the call it belongs to and goes when the call has its result. All pure.
import type { Message, ToolEvent } from "../wire/types.ts";
import type { ChatState } from "./chat.ts";
import { base, stamp, type Of } from "./fold.ts";
import { insert, put, rowsOf, type Rows } from "./rows.ts";
import { demote, segmentOfWork } from "./activity.ts";

type Output = NonNullable<Message["outputs"]>[number];

/** The most bytes of a channel that are kept. */
export const OUTPUT_MOST = 64 * 1024;

/** An event as it is kept in its row: the row itself has its place in the log. */
function kept<E extends { event: string; seq?: number; at?: number }>(event: E): Omit<E, "event" | "seq" | "at"> {
  const { event: _event, seq: _seq, at: _at, ...rest } = event;
  return rest;
}

const isProposal = (row: Message, id: string) => row.proposal?.proposal_id === id;

/** An action waits; one that is told again replaces what it was. */
export function proposal(rows: Rows, event: Of<"proposal">, told: string | undefined): Rows {
  const said = { content: event.title, proposal: { ...kept(event), ...(told === undefined ? {} : { turn_id: told }) } };
  const at = rows.findLastIndex((row) => row.resolution === undefined && isProposal(row, event.proposal_id));
  const old = rows[at];
  if (old !== undefined) return put(rows, at, { ...old, ...said, ...stamp(event) });
  const next = demote(rows, event);
  return insert(next, { ...base(event, "tr"), role: "tool", kind: "proposal", ...said, activitySegmentId: segmentOfWork(next, event) });
}

/** It waits no longer. */
export function resolved(rows: Rows, event: Of<"proposal_resolved">): Rows {
  const at = rows.findLastIndex((row) => isProposal(row, event.proposal_id));
  const old = rows[at];
  return old === undefined ? rows : put(rows, at, { ...old, resolution: kept(event) });
}

/** Whether more of the call may come. */
const runs = (tools: readonly ToolEvent[] | undefined, call: string) =>
  tools?.some((tool) => tool.call_id === call && (tool.phase === "start" || tool.background === true)) === true;

/** Output of a call that runs. */
export function output(rows: Rows, event: Of<"stream_chunk">, again: string | undefined): Rows {
  const own = (row: Message) => row.turnId === event.turn_id || (again !== undefined && row.turnId === again);
  const at = rows.findLastIndex((row) => own(row) && row.toolEvents?.some((tool) => tool.call_id === event.call_id) === true);
  const row = rows[at];
  if (row === undefined || !runs(row.toolEvents, event.call_id)) return rows;
  return put(rows, at, { ...row, outputs: add(row.outputs ?? [], event) });
}

const isLeft = (tool: ToolEvent, event: Of<"command_ended">) => tool.background === true && tool.call_id === event.call_id && tool.path === event.path;

/** A command in the background has ended: its call stands where it was, however many turns ago. */
export function commandEnded(rows: Rows, event: Of<"command_ended">): Rows {
  const at = rows.findLastIndex((row) => row.toolEvents?.some((tool) => isLeft(tool, event)) === true);
  const row = rows[at];
  if (row?.toolEvents === undefined) return rows;
  const { status, how, exit_code, duration_ms } = event;
  const end = (tool: ToolEvent): ToolEvent => {
    const { exit_code: _code, duration_ms: _took, ...rest } = tool;
    const told = { background: false, status, ...(exit_code === undefined ? {} : { exit_code }), ...(duration_ms === undefined ? {} : { duration_ms }) };
    return { ...rest, ...told, ...(status < 400 ? {} : { phase: "error" as const, error: how }) };
  };
  return put(rows, at, dropOutputs({ ...row, toolEvents: row.toolEvents.map((tool) => (isLeft(tool, event) ? end(tool) : tool)) }));
}

/** Output of calls that ended stands in their results. */
export function dropOutputs(row: Message): Message {
  if (row.outputs === undefined) return row;
  const { outputs, ...rest } = row;
  const left = outputs.filter((one) => runs(row.toolEvents, one.call_id));
  if (left.length === outputs.length) return row;
  return left.length === 0 ? rest : { ...rest, outputs: left };
}

/** What is kept is one piece: output after a gap begins anew. */
function add(outputs: readonly Output[], event: Of<"stream_chunk">): Output[] {
  const { call_id, path, channel, text } = event;
  const at = outputs.findIndex((one) => one.call_id === call_id && one.channel === channel);
  const old = outputs[at] ?? { call_id, path, channel, text: "", skipped: 0 };
  const gap = event.skipped ?? 0;
  const before = gap > 0 ? { text: "", skipped: old.skipped + gap + bytesOf(old.text) } : old;
  const cut = tail(before.text + text);
  const one = { ...old, text: cut.text, skipped: before.skipped + cut.skipped };
  return at < 0 ? [...outputs, one] : outputs.map((known, index) => (index === at ? one : known));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const bytesOf = (text: string) => encoder.encode(text).length;

/** The newest of a text: whole lines where there are any. */
export function tail(text: string): { text: string; skipped: number } {
  if (text.length * 3 <= OUTPUT_MOST) return { text, skipped: 0 };
  const bytes = encoder.encode(text);
  const least = bytes.length - OUTPUT_MOST;
  if (least <= 0) return { text, skipped: 0 };
  const border = bytes.indexOf(10, least - 1) + 1;
  let from = border > 0 && border < bytes.length ? border : least;
  // Never in the middle of a character.
  while (((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return { text: decoder.decode(bytes.subarray(from)), skipped: from };
}

/** Files were changed by a turn, or changed back by a person, which belongs to no turn. */
export function changes(rows: Rows, event: Of<"changes">): Rows {
  const { turnId, ...place } = base(event, "tr");
  const { turnPhase: _phase, turnSeq: _seq, ...rest } = place;
  const own = event.action === "made" && turnId !== undefined ? { turnId } : {};
  return insert(rows, { ...rest, ...own, role: "tool", kind: "changes", content: "", changes: kept(event) });
}

/** Whether all this tells is news of calls of a turn that is over: commands that went on in the background. */
export function isAftermath(state: ChatState, event: Of<"message">): boolean {
  const tools = event.tool_events ?? [];
  if (event.kind === undefined || tools.length === 0) return false;
  const known = rowsOf(state.messages, event.turn_id).flatMap((at) => state.messages[at]?.toolEvents ?? []);
  return tools.every((tool) => tool.call_id !== "" && known.some((one) => one.call_id === tool.call_id));
}
