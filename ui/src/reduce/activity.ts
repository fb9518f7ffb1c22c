// What the agent does: tool calls as lines, files it changes (envelope §5.3). Calls of one stretch stand in one row; a call that changes
// files is shown by the files. All pure.
import type { ChatEvent, FileEdit, Message, ToolEvent } from "../wire/types.ts";
import { dropOutputs } from "./acting.ts";
import { base, seqOf, stamp, type Of } from "./fold.ts";
import { insert, lastOfTurn, put, quiet, replace, rowsOf, without, type Rows } from "./rows.ts";

/** Tools whose calls are told as file edits. */
const EDITORS: readonly string[] = ["write_file", "edit_file", "apply_patch"];
const RANK = { start: 0, end: 1, error: 2 } as const;

const segment = (event: ChatEvent) => `activity-${String(seqOf(event))}`;
/** Whether a row holds calls or files, rather than a proposal. */
const isTrace = (row: Message | undefined) => row?.role === "tool" && row.proposal === undefined;
const isEdits = (row: Message | undefined) => isTrace(row) && row?.toolEvents === undefined && (row?.traces ?? []).length === 0;

/** Whether a row belongs to work that goes on: calls, what waits for a person, or a thought without an answer. */
function isWork(row: Message | undefined): row is Message {
  if (row?.role === "tool") return !isEdits(row);
  return row?.role === "assistant" && row.content.trim() === "" && row.reasoning !== undefined;
}

/** The stretch a thought belongs to; files that were changed end one. */
export function segmentOfThought(rows: Rows, event: ChatEvent): string {
  const row = rows[lastOfTurn(rows, event.turn_id)];
  return (isWork(row) ? row.activitySegmentId : undefined) ?? segment(event);
}

/** The stretch a tool call belongs to; files that were changed meanwhile do not end one. */
export function segmentOfWork(rows: Rows, event: ChatEvent): string {
  const at = rowsOf(rows, event.turn_id).find((one) => !isEdits(rows[one]));
  const row = at === undefined ? undefined : rows[at];
  return (isWork(row) ? row.activitySegmentId : undefined) ?? segment(event);
}

function line(tool: ToolEvent): string {
  const given = tool.arguments;
  if (typeof given === "string") return `${tool.name}(${given.trim() === "" ? "" : given})`;
  const fields = typeof given === "object" && given !== null && !Array.isArray(given) && Object.keys(given).length > 0;
  return `${tool.name}(${fields ? JSON.stringify(given) : ""})`;
}

const isSame = (one: ToolEvent, other: ToolEvent) => one.call_id === other.call_id && (one.call_id !== "" || line(one) === line(other));

/** One line a call; the same call twice is one. */
const lines = (tools: readonly ToolEvent[]) => tools.filter((tool, at) => !tools.slice(0, at).some((before) => isSame(before, tool))).map(line);

/** The further news of a call replaces the earlier. */
function mergeCall(known: readonly ToolEvent[], fresh: ToolEvent): ToolEvent[] {
  const at = known.findIndex((old) => isSame(old, fresh));
  const old = known[at];
  if (old === undefined) return [...known, fresh];
  return known.map((one, index) => (index === at && RANK[fresh.phase] >= RANK[old.phase] ? fresh : one));
}

const sameCall = (edit: FileEdit, tool: ToolEvent) => tool.call_id !== "" && edit.call_id === tool.call_id && edit.tool === tool.name;

/** Whether files the call changed are shown already. */
function isCovered(rows: Rows, turnId: string | undefined, tool: ToolEvent): boolean {
  if (!EDITORS.includes(tool.name)) return false;
  return rowsOf(rows, turnId).some((at) => rows[at]?.fileEdits?.some((edit) => sameCall(edit, tool)) === true);
}

function drop(rows: Rows, at: number): Rows {
  const row = rows[at];
  const left = row === undefined ? row : dropOutputs(row);
  return left === undefined || left === row ? rows : put(rows, at, left);
}

/** Takes the news of a call into the row that has its beginning; null when there is none. */
function goOn(rows: Rows, event: Of<"message">, tool: ToolEvent): Rows | null {
  const at = rowsOf(rows, event.turn_id).find((one) => rows[one]?.toolEvents?.some((known) => isSame(known, tool)) === true);
  if (at === undefined) return null;
  const next = replace(rows, at, { toolEvents: mergeCall(rows[at]?.toolEvents ?? [], tool), ...stamp(event) });
  return drop(next, at);
}

/** Text told before a tool was called is thought aloud. */
export function demote(rows: Rows, event: ChatEvent): Rows {
  const at = lastOfTurn(rows, event.turn_id);
  const row = rows[at];
  if (row?.role !== "assistant" || row.isStreaming === undefined || row.media !== undefined || row.notice !== undefined) return rows;
  if (row.content.trim() === "") return row.isStreaming || row.reasoningStreaming ? put(rows, at, quiet(row)) : rows;
  const reasoning = row.reasoning ? `${row.reasoning}\n\n${row.content}` : row.content;
  return put(rows, at, { ...row, content: "", reasoning, reasoningStreaming: false, isStreaming: false, activitySegmentId: row.activitySegmentId ?? segment(event) });
}

/** Tool calls or a status line. */
export function activity(rows: Rows, event: Of<"message">): Rows {
  const tools = event.tool_events ?? [];
  if (tools.length === 0 && event.text === "") return rows;
  let next = rows;
  const fresh: ToolEvent[] = [];
  for (const tool of tools) {
    if (isCovered(next, event.turn_id, tool)) continue;
    const taken = goOn(next, event, tool);
    if (taken === null) fresh.push(tool);
    else next = taken;
  }
  if (tools.length > 0 && fresh.length === 0) return next;
  next = demote(next, event);
  const stretch = segmentOfWork(next, event);
  const at = lastOfTurn(next, event.turn_id);
  const last = next[at];
  const old = isTrace(last) && (last?.activitySegmentId ?? stretch) === stretch ? last : undefined;
  const traces = [...(old?.traces ?? [])];
  if (tools.length === 0) traces.push(event.text);
  for (const one of lines(fresh)) if (!traces.includes(one)) traces.push(one);
  const toolEvents = tools.length === 0 ? old?.toolEvents : fresh.reduce<ToolEvent[]>(mergeCall, [...(old?.toolEvents ?? [])]);
  const change = { content: traces.at(-1) ?? "", traces, ...(toolEvents === undefined ? {} : { toolEvents }), activitySegmentId: stretch };
  if (old !== undefined) return drop(replace(next, at, { ...change, ...stamp(event) }), at);
  return insert(next, { ...base(event, "tr"), role: "tool", kind: "trace", ...change });
}

const keyOf = (edit: FileEdit) => `${edit.call_id}|${edit.tool}|${edit.path}`;

/** Whether the edit gives its path to one that had none yet. */
const wasPending = (old: FileEdit, edit: FileEdit) => old.path === "" && old.pending === true && old.call_id === edit.call_id && old.tool === edit.tool;

/** Takes away the lines of calls that the files now stand for. */
function uncall(rows: Rows, turnId: string | undefined, edits: readonly FileEdit[]): Rows {
  let next = rows;
  for (const at of rowsOf(rows, turnId)) {
    const row = next[at];
    if (row?.toolEvents === undefined) continue;
    const covered = (tool: ToolEvent) => EDITORS.includes(tool.name) && edits.some((edit) => sameCall(edit, tool));
    const gone = lines(row.toolEvents.filter(covered));
    if (gone.length === 0) continue;
    const { toolEvents, ...rest } = row;
    const kept = toolEvents.filter((tool) => !covered(tool));
    const traces = (row.traces ?? []).filter((one) => !gone.includes(one));
    const empty = traces.length === 0 && kept.length === 0 && row.fileEdits === undefined;
    next = empty ? without(next, at) : put(next, at, { ...rest, traces, content: traces.at(-1) ?? "", ...(kept.length === 0 ? {} : { toolEvents: kept }) });
  }
  return next;
}

/** The row of the stretch's edits, or an older one that has one of these. */
function rowOfEdits(rows: Rows, turnId: string | undefined, edits: readonly FileEdit[]): number {
  let stretch = true;
  for (const at of rowsOf(rows, turnId)) {
    const row = rows[at];
    stretch &&= row?.role === "tool";
    const known = row?.fileEdits;
    if (known === undefined) continue;
    if (stretch || edits.some((edit) => known.some((old) => keyOf(old) === keyOf(edit) || wasPending(old, edit)))) return at;
  }
  return -1;
}

function mergeEdit(known: readonly FileEdit[], edit: FileEdit): FileEdit[] {
  let at = known.findIndex((old) => keyOf(old) === keyOf(edit));
  if (at < 0 && edit.path !== "") at = known.findIndex((old) => wasPending(old, edit));
  const old = known[at];
  if (old === undefined) return [...known, edit];
  const { pending: _pending, ...rest } = old;
  const merged = edit.path === "" ? { ...old, ...edit } : { ...rest, ...edit };
  return known.map((one, index) => (index === at ? merged : one));
}

/** Files that are changed. */
export function fileEdit(rows: Rows, event: Of<"file_edit">): Rows {
  if (event.edits.length === 0) return rows;
  const next = uncall(demote(rows, event), event.turn_id, event.edits);
  const at = rowOfEdits(next, event.turn_id, event.edits);
  const old = next[at];
  const fileEdits = event.edits.reduce<FileEdit[]>(mergeEdit, [...(old?.fileEdits ?? [])]);
  if (old !== undefined) return replace(next, at, { fileEdits, activitySegmentId: old.activitySegmentId ?? segment(event), ...stamp(event) });
  const made = { role: "tool" as const, kind: "trace", content: "", traces: [], fileEdits, activitySegmentId: segment(event) };
  return insert(next, { ...base(event, "tr"), ...made });
}
