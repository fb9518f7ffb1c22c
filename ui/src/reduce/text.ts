// What the agent says and thinks: pieces, their ends, complete messages (envelope §5.3). All pure.
import type { Message } from "../wire/types.ts";
import { segmentOfThought } from "./activity.ts";
import { base, dequeue, filesOf, stamp, timeOf, type Of } from "./fold.ts";
import { insert, isThought, lastOfTurn, openBubble, put, quiet, replace, settle, type Rows } from "./rows.ts";

/** What changes on a bubble when its reasoning is over. */
function reasoned(row: Message, now: number | undefined): Partial<Message> {
  if (!row.reasoningStreaming) return {};
  const took = now !== undefined && row.createdAt !== undefined ? { reasoningMs: Math.max(0, now - row.createdAt) } : {};
  return { reasoningStreaming: false, ...took };
}

const segmented = (row: Message, segment: string) => ({ activitySegmentId: row.activitySegmentId ?? segment });

export function delta(rows: Rows, event: Of<"delta">): Rows {
  const at = openBubble(rows, event.turn_id);
  const row = rows[at];
  if (row === undefined) return insert(rows, { ...base(event, "buf"), role: "assistant", content: event.text, isStreaming: true });
  return replace(rows, at, { ...reasoned(row, timeOf(event)), ...stamp(event), content: row.content + event.text });
}

export function reasoningDelta(rows: Rows, event: Of<"reasoning_delta">): Rows {
  const segment = segmentOfThought(rows, event);
  const at = openBubble(rows, event.turn_id);
  const row = rows[at];
  if (row === undefined) {
    const made: Message = { ...base(event, "as"), role: "assistant", content: "", reasoning: event.text, reasoningStreaming: true, isStreaming: true };
    return insert(rows, { ...made, activitySegmentId: segment });
  }
  return replace(rows, at, { reasoning: (row.reasoning ?? "") + event.text, reasoningStreaming: true, ...segmented(row, segment), ...stamp(event) });
}

export function reasoningEnd(rows: Rows, event: Of<"reasoning_end">): Rows {
  const segment = segmentOfThought(rows, event);
  const at = openBubble(rows, event.turn_id);
  const row = rows[at];
  if (row === undefined) {
    if (!event.text) return rows;
    const made: Message = { ...base(event, "as"), role: "assistant", content: "", reasoning: event.text, reasoningStreaming: false, isStreaming: true };
    return insert(rows, { ...made, activitySegmentId: segment });
  }
  const whole = event.text ? { reasoning: event.text, reasoningStreaming: false, ...segmented(row, segment) } : {};
  return replace(rows, at, { ...reasoned(row, timeOf(event)), ...whole, ...stamp(event) });
}

export function streamEnd(rows: Rows, event: Of<"stream_end">): Rows {
  const at = openBubble(rows, event.turn_id);
  const old = rows[at];
  if (old === undefined && !event.text) return rows;
  const row = old ?? { ...base(event, "buf"), role: "assistant" as const, content: "", isStreaming: true };
  const said: Message = { ...row, ...stamp(event), content: event.text ?? row.content, ...(event.source === undefined ? {} : { source: event.source }) };
  // The next step goes on with this text, or with a thought that has none yet.
  const goesOn = event.resuming === true && (event.merge_next === true || said.content === "");
  const ended = goesOn ? said : quiet({ ...said, ...reasoned(row, timeOf(event)) });
  return old === undefined ? insert(rows, ended) : put(rows, at, ended);
}

/** A complete text. */
export function message(rows: Rows, event: Of<"message">): Rows {
  const said: Partial<Message> = {
    content: event.text,
    ...(event.notice === undefined ? {} : { notice: event.notice }),
    ...filesOf(event.media_urls),
    ...(event.latency_ms === undefined ? {} : { latencyMs: event.latency_ms }),
    ...(event.source === undefined ? {} : { source: event.source }),
    ...stamp(event),
  };
  // A prompt that a notice is about waits no more.
  const before = event.notice === undefined ? settle(rows, event.turn_id) : dequeue(rows, event.turn_id);
  const at = lastOfTurn(before, event.turn_id);
  const thought = before[at];
  if (event.notice === undefined && thought !== undefined && isThought(thought)) {
    const { isStreaming: _streaming, ...rest } = thought;
    return put(before, at, { ...rest, ...said });
  }
  return insert(before, { ...base(event, "buf"), role: "assistant", content: event.text, ...said });
}
