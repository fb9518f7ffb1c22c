// How each event of a chat changes its rows (envelope §5.3). One function an event; all pure.
import type { ChatEvent, MediaItem, Message, ToolEvent } from "../wire/types.ts";
import { rowId } from "./chat.ts";
import { insert, lastOfTurn, quiet, replace, settle, type Rows } from "./rows.ts";

type Of<E extends ChatEvent["event"]> = Extract<ChatEvent, { event: E }>;

const seqOf = (event: ChatEvent) => event.seq ?? 0;
const timeOf = (event: ChatEvent) => event.created_at_ms ?? event.at;

function base(event: ChatEvent, prefix: "u" | "as" | "buf" | "tr"): Pick<Message, "id" | "turnId" | "turnPhase" | "turnSeq" | "createdAt"> {
  return {
    id: rowId(prefix, seqOf(event)),
    ...(event.turn_id === undefined ? {} : { turnId: event.turn_id }),
    ...(event.turn_phase === undefined ? {} : { turnPhase: event.turn_phase }),
    ...(event.turn_seq === undefined ? {} : { turnSeq: event.turn_seq }),
    ...(timeOf(event) === undefined ? {} : { createdAt: timeOf(event) }),
  };
}

/** The bubble the turn is writing into: its last row, while that is an answer still streaming. */
function openBubble(rows: Rows, event: ChatEvent): number {
  const at = lastOfTurn(rows, event.turn_id);
  const row = rows[at];
  return row?.role === "assistant" && row.isStreaming ? at : -1;
}

const withMedia = (media: readonly MediaItem[] | undefined): Partial<Message> => (media === undefined || media.length === 0 ? {} : { media: [...media] });

export function userRow(rows: Rows, event: ChatEvent & { starts_turn: boolean }, text: string, media?: readonly MediaItem[]): Rows {
  const known = rows.some((row) => row.role === "user" && event.turn_id !== undefined && row.turnId === event.turn_id);
  if (known) return rows;
  const place = event.turn_id === undefined ? {} : { turnPhase: "user" as const, turnSeq: 1 };
  return insert(rows, { ...base(event, "u"), ...place, role: "user", content: text, ...withMedia(media), ...(event.starts_turn ? {} : { queued: true }) });
}

/** The turn of a waiting prompt begins. */
export function dequeue(rows: Rows, turnId: string | undefined): Rows {
  const at = rows.findLastIndex((row) => row.queued === true && row.turnId === turnId);
  const row = rows[at];
  if (row === undefined) return rows;
  const { queued: _queued, ...rest } = row;
  return [...rows.slice(0, at), rest, ...rows.slice(at + 1)];
}

/** Where the turn is, as its newest event says. */
function stamp(event: ChatEvent): Partial<Message> {
  return { ...(event.turn_phase === undefined ? {} : { turnPhase: event.turn_phase }), ...(event.turn_seq === undefined ? {} : { turnSeq: event.turn_seq }) };
}

export function delta(rows: Rows, event: Of<"delta">): Rows {
  const at = openBubble(rows, event);
  const row = rows[at];
  if (row === undefined) return insert(rows, { ...base(event, "buf"), role: "assistant", content: event.text, isStreaming: true });
  return replace(rows, at, { ...reasoned(row, event), ...stamp(event), content: row.content + event.text });
}

/** What changes on a bubble when its reasoning is over. */
function reasoned(row: Message, event: ChatEvent): Partial<Message> {
  if (!row.reasoningStreaming) return {};
  const now = timeOf(event);
  const took = now !== undefined && row.createdAt !== undefined ? { reasoningMs: Math.max(0, now - row.createdAt) } : {};
  return { reasoningStreaming: false, ...took };
}

export function reasoningDelta(rows: Rows, event: Of<"reasoning_delta">): Rows {
  const at = openBubble(rows, event);
  const row = rows[at];
  if (row === undefined)
    return insert(rows, {
      ...base(event, "as"),
      role: "assistant",
      content: "",
      reasoning: event.text,
      reasoningStreaming: true,
      isStreaming: true,
    });
  return replace(rows, at, { reasoning: (row.reasoning ?? "") + event.text, reasoningStreaming: true, ...stamp(event) });
}

export function reasoningEnd(rows: Rows, event: Of<"reasoning_end">): Rows {
  const at = openBubble(rows, event);
  const row = rows[at];
  if (row === undefined) {
    if (!event.text) return rows;
    const made: Message = { ...base(event, "as"), role: "assistant", content: "", reasoning: event.text, reasoningStreaming: false, isStreaming: true };
    return insert(rows, made);
  }
  return replace(rows, at, { ...reasoned(row, event), ...stamp(event), ...(event.text ? { reasoning: event.text } : {}) });
}

export function streamEnd(rows: Rows, event: Of<"stream_end">): Rows {
  const at = openBubble(rows, event);
  const row = rows[at];
  if (row === undefined) {
    if (!event.text) return rows;
    return insert(rows, { ...base(event, "buf"), role: "assistant", content: event.text, isStreaming: false });
  }
  const text = event.text || row.content;
  if (event.resuming) {
    // Text before a tool call is thought aloud: it joins the folded reasoning.
    const reasoning = [row.reasoning, text].filter(Boolean).join("\n\n");
    return reasoning ? replace(rows, at, { content: "", reasoning, reasoningStreaming: false, isStreaming: false }) : rows;
  }
  const next = rows.slice();
  next[at] = { ...quiet({ ...row, ...reasoned(row, event), ...stamp(event) }), content: text };
  return next;
}

export function message(rows: Rows, event: Of<"message">): Rows {
  if (event.kind !== undefined) return trace(rows, event);
  const done = {
    ...(event.notice === undefined ? {} : { notice: event.notice }),
    ...(event.latency_ms === undefined ? {} : { latencyMs: event.latency_ms }),
  };
  // A prompt that a notice is about waits no more.
  const settled = event.notice === undefined ? rows : dequeue(rows, event.turn_id);
  return insert(settled, { ...base(event, "buf"), role: "assistant", content: event.text, ...done });
}

const RANK = { start: 0, end: 1, error: 2 } as const;

function mergeTools(old: readonly ToolEvent[], fresh: readonly ToolEvent[]): ToolEvent[] {
  const merged = [...old];
  for (const tool of fresh) {
    const at = merged.findIndex((one) => one.call_id === tool.call_id);
    const known = merged[at];
    if (known === undefined) merged.push(tool);
    else if (RANK[tool.phase] >= RANK[known.phase]) merged[at] = { ...known, ...tool };
  }
  return merged;
}

const line = (tool: ToolEvent) => `${tool.name}(${JSON.stringify(tool.arguments ?? {})})`;

function trace(rows: Rows, event: Of<"message">): Rows {
  const tools = event.tool_events ?? [];
  const at = lastOfTurn(rows, event.turn_id);
  const row = rows[at];
  const old = row?.kind === "trace" ? row : undefined;
  const toolEvents = mergeTools(old?.toolEvents ?? [], tools);
  const fresh = tools.length > 0 ? tools.filter((t) => !old?.toolEvents?.some((o) => o.call_id === t.call_id)).map(line) : event.text ? [event.text] : [];
  if (old === undefined && fresh.length === 0) return rows;
  const traces = [...(old?.traces ?? []), ...fresh];
  const change = { content: traces.at(-1) ?? "", traces, ...(toolEvents.length > 0 ? { toolEvents } : {}) };
  if (old !== undefined) return replace(rows, at, change);
  return insert(settle(rows, event.turn_id), { ...base(event, "tr"), role: "tool", kind: "trace", ...change });
}

export function fileEdit(rows: Rows, event: Of<"file_edit">): Rows {
  const at = lastOfTurn(rows, event.turn_id);
  const row = rows[at];
  const old = row?.kind === "trace" ? row : undefined;
  const edits = [...(old?.fileEdits ?? [])];
  for (const edit of event.edits) {
    const known = edits.findIndex((one) => one.call_id === edit.call_id && one.tool === edit.tool && (one.path === edit.path || one.path === ""));
    if (known < 0) edits.push(edit);
    else edits[known] = edit;
  }
  if (old !== undefined) return replace(rows, at, { fileEdits: edits });
  return insert(settle(rows, event.turn_id), { ...base(event, "tr"), role: "tool", kind: "trace", content: "", traces: [], fileEdits: edits });
}

/** Ends the turn's streaming and stamps its cost on the last answer. */
export function turnEnd(rows: Rows, event: Of<"turn_end">): Rows {
  const settled = settle(rows, event.turn_id);
  const at = settled.findLastIndex((row) => row.role === "assistant" && row.turnId === event.turn_id);
  if (at < 0) return settled;
  return replace(settled, at, {
    ...(event.latency_ms === undefined ? {} : { latencyMs: event.latency_ms }),
    ...(event.usage === undefined ? {} : { usage: event.usage }),
    ...(event.context_window_tokens === undefined ? {} : { contextWindowTokens: event.context_window_tokens }),
  });
}
