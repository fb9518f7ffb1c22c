// The one place where a chat's data changes: `reduce(state, event)` folds live events and thread pages to the same picture.
import type { ChatEvent, Message, Notice, Run, ThreadPage } from "../wire/types.ts";
import { emptyChat, type ChatState, type LocalEvent, type Pending } from "./chat.ts";
import * as acting from "./acting.ts";
import * as activity from "./activity.ts";
import * as fold from "./fold.ts";
import { arrange, settle, type Rows } from "./rows.ts";
import * as text from "./text.ts";

/** More events than this out of order, and the place is lost for good. */
const HELD_MOST = 64;

export function reduce(state: ChatState, event: ChatEvent | LocalEvent): ChatState {
  switch (event.event) {
    case "local.page":
      return withPage(state, event.page);
    case "local.older":
      return withOlder(state, event.page);
    case "local.send":
      return { ...state, pending: [...state.pending, pendingOf(event)] };
    case "local.failed":
      return withFailure(state, event.turn_id, event.why);
    case "local.dropped":
      return { ...state, pending: state.pending.filter((one) => one.turnId !== event.turn_id) };
    case "attached":
    case "resync":
    case "error":
      return personal(state, event);
    default:
      return inOrder(state, event);
  }
}

function pendingOf(event: Extract<LocalEvent, { event: "local.send" }>): Pending {
  return { turnId: event.turn_id, text: event.text, at: event.at, ...(event.media === undefined ? {} : { media: event.media }) };
}

function personal(state: ChatState, event: Extract<ChatEvent, { event: "attached" | "resync" | "error" }>): ChatState {
  if (event.event === "resync") return { ...state, lost: true };
  if (event.event === "error") {
    return event.turn_id === undefined ? state : withFailure(state, event.turn_id, event.reason ?? event.detail);
  }
  return {
    ...state,
    preset: event.model_preset === undefined ? state.preset : event.model_preset,
    usage: event.usage ?? state.usage,
  };
}

/** Events with a number are folded exactly once and in order, whatever order they arrive in. */
function inOrder(state: ChatState, event: ChatEvent): ChatState {
  if (event.seq === undefined) return apply(state, event);
  if (event.seq <= state.lastSeq) return event.event === "message_accepted" ? dropPending(state, event.turn_id) : state;
  if (event.seq > state.lastSeq + 1) {
    const held = [...state.held, event];
    return held.length > HELD_MOST ? { ...state, held: [], lost: true } : { ...state, held };
  }
  const next = { ...apply(state, event), lastSeq: event.seq };
  return next.held.length === 0 ? next : release(next);
}

function release(state: ChatState): ChatState {
  const due = state.held.find((one) => (one.seq ?? 0) <= state.lastSeq + 1);
  if (due === undefined) return state;
  return inOrder({ ...state, held: state.held.filter((one) => one !== due) }, due);
}

/** Events that a thread shows. */
const SHOWN: readonly string[] = ["user_message", "delta", "reasoning_delta", "reasoning_end", "stream_end", "message", "file_edit", "proposal", "turn_end"];

function apply(state: ChatState, event: ChatEvent): ChatState {
  const [known, named] = rename(state, event);
  return marked(change(known, named, event.turn_id));
}

/** A turn that goes on after its end is another one. */
function rename(state: ChatState, event: ChatEvent): [ChatState, ChatEvent] {
  const turn = event.turn_id;
  if (turn === undefined || !state.closed.has(turn) || !SHOWN.includes(event.event)) return [state, event];
  if (event.event === "message" && acting.isAftermath(state, event)) return [state, event];
  const again = state.again.get(turn) ?? `${turn}:replay:${String(event.seq ?? 0)}`;
  const next = state.again.has(turn) ? state : { ...state, again: new Map(state.again).set(turn, again) };
  return [next, { ...event, turn_id: again }];
}

/** The first row behind a fork's boundary says so. */
function marked(state: ChatState): ChatState {
  const row = state.forkAt === null ? undefined : state.messages[state.forkAt];
  if (row === undefined) return state;
  return { ...state, forkAt: null, messages: state.messages.map((one) => (one === row ? { ...row, forkBoundary: true } : one)) };
}

/** `told` is the turn as the event names it. */
function change(state: ChatState, event: ChatEvent, told: string | undefined): ChatState {
  const shown = (next: (rows: Rows) => Rows): ChatState => (state.muted ? state : { ...state, messages: next(state.messages) });
  switch (event.event) {
    case "user_message":
    case "message_accepted":
      return accepted(state, event);
    case "delta":
      return shown((rows) => text.delta(rows, event));
    case "reasoning_delta":
      return shown((rows) => text.reasoningDelta(rows, event));
    case "reasoning_end":
      return shown((rows) => text.reasoningEnd(rows, event));
    case "stream_end":
      return shown((rows) => text.streamEnd(rows, event));
    case "message": {
      if (event.kind !== undefined) return shown((rows) => activity.activity(rows, event));
      const muted = state.muted || (event.media_urls ?? []).length > 0;
      return { ...state, muted, messages: text.message(state.messages, event), failed: state.failed || isBad(event.notice) };
    }
    case "file_edit":
      return { ...state, messages: activity.fileEdit(state.messages, event) };
    case "proposal":
      return { ...state, messages: acting.proposal(state.messages, event, told) };
    case "proposal_resolved":
      return { ...state, messages: acting.resolved(state.messages, event) };
    case "stream_chunk":
      return { ...state, messages: acting.output(state.messages, event, told === undefined ? undefined : state.again.get(told)) };
    case "command_ended":
      return { ...state, messages: acting.commandEnded(state.messages, event) };
    case "changes":
      return { ...state, messages: acting.changes(state.messages, event) };
    case "steered":
      return { ...state, messages: fold.steered(state.messages, event) };
    case "turn_end":
      return turnEnd(state, event);
    case "fork_marker":
      return { ...state, forkAt: state.messages.length };
    case "goal_status":
      return goalStatus(state, event);
    case "turn_model_updated":
      return {
        ...state,
        modelName: event.model_name,
        fallback: event.fallback === true,
        preset: event.model_preset === undefined ? state.preset : event.model_preset,
        window: event.context_window_tokens ?? (state.modelName === event.model_name ? state.window : null),
      };
    default:
      // A newer gateway may send more: what is not known changes nothing, but its number is counted.
      return state;
  }
}

function turnEnd(state: ChatState, event: Extract<ChatEvent, { event: "turn_end" }>): ChatState {
  const turn = event.turn_id;
  const once = [...state.again].find(([, name]) => name === turn)?.[0];
  const again = once === undefined ? state.again : new Map([...state.again].filter(([id]) => id !== once));
  return {
    ...state,
    messages: fold.turnEnd(state.messages, event),
    muted: false,
    again,
    closed: turn === undefined || once !== undefined ? state.closed : new Set(state.closed).add(turn),
    run: ends(state.run, turn) ? null : state.run,
    usage: event.usage ?? state.usage,
    window: event.context_window_tokens ?? state.window,
  };
}

const ends = (run: Partial<Run> | null, turnId: string | undefined) => run === null || turnId === undefined || run.turn_id === undefined || run.turn_id === turnId;

function goalStatus(state: ChatState, event: Extract<ChatEvent, { event: "goal_status" }>): ChatState {
  if (event.status === "running") {
    const run = { turn_id: event.turn_id, started_at: event.started_at };
    return { ...state, run, failed: false, messages: fold.dequeue(state.messages, event.turn_id) };
  }
  const turnId = event.turn_id ?? state.run?.turn_id;
  return { ...state, muted: false, run: ends(state.run, turnId) ? null : state.run, messages: settle(state.messages, turnId) };
}

function accepted(state: ChatState, event: Extract<ChatEvent, { event: "user_message" | "message_accepted" }>): ChatState {
  const mine = state.pending.find((one) => one.turnId === event.turn_id);
  const text = event.event === "user_message" ? event.text : mine?.text;
  const media = event.event === "user_message" ? (event.media_urls ?? mine?.media) : mine?.media;
  // Accepted, but this page no longer has the text (it was reloaded): only the thread has it.
  if (text === undefined) return event.seq === undefined ? state : { ...state, lost: true };
  const run = event.starts_turn ? { turn_id: event.turn_id, started_at: event.started_at } : state.run;
  const before = event.starts_turn && state.run !== null ? settle(state.messages, state.run.turn_id) : state.messages;
  // A command leaves no row, and its acceptance has no number.
  const messages = event.seq === undefined ? before : fold.userRow(before, event, text, media);
  const muted = state.muted && !event.starts_turn;
  return dropPending({ ...state, messages, run, muted, failed: event.starts_turn ? false : state.failed }, event.turn_id);
}

function dropPending(state: ChatState, turnId: string | undefined): ChatState {
  return state.pending.length === 0 ? state : { ...state, pending: state.pending.filter((one) => one.turnId !== turnId) };
}

function withFailure(state: ChatState, turnId: string, why: string): ChatState {
  return { ...state, pending: state.pending.map((one) => (one.turnId === turnId ? { ...one, failed: why } : one)) };
}

function withPage(state: ChatState, page: ThreadPage | null): ChatState {
  const fresh = { ...emptyChat(state.chatId), preset: state.preset, modelName: state.modelName, fallback: state.fallback, usage: state.usage, window: state.window };
  if (page === null) return { ...fresh, pending: state.pending };
  const taken = new Set(page.messages.map((row) => (row.role === "user" ? row.turnId : undefined)));
  const last = page.messages.findLast((row) => row.usage !== undefined);
  const active = page.active_turn_id ?? undefined;
  const run = active === undefined ? null : { turn_id: active, started_at: state.run?.turn_id === active ? state.run.started_at : startOf(page, active) };
  const files = (row: Message) => row.role !== "user" && row.turnId === active && row.media !== undefined;
  return marked({
    ...fresh,
    muted: active !== undefined && page.messages.some(files),
    closed: new Set(page.completed_turn_ids ?? []),
    forkAt: page.fork_boundary_message_count ?? null,
    messages: arrange(page.messages),
    lastSeq: page.last_seq ?? 0,
    run,
    failed: run === null && isBad(page.messages.at(-1)?.notice),
    usage: last?.usage ?? fresh.usage,
    window: last?.contextWindowTokens ?? fresh.window,
    pending: state.pending.filter((one) => !taken.has(one.turnId)),
    before: page.page?.has_more_before ? page.page.before_cursor : null,
  });
}

const isBad = (notice: Notice | undefined) => notice?.kind === "error" || notice?.kind === "interrupted";

function startOf(page: ThreadPage, turnId: string): number | undefined {
  const at = page.messages.find((row) => row.turnId === turnId)?.createdAt;
  return at === undefined ? undefined : at / 1000;
}

function withOlder(state: ChatState, page: ThreadPage): ChatState {
  const boundary = page.fork_boundary_message_count;
  const older = arrange(page.messages).map((row, at) => (at === boundary ? { ...row, forkBoundary: true } : row));
  const messages = joinOlder(older, state.messages);
  const forkAt = state.forkAt === null ? null : state.forkAt + messages.length - state.messages.length;
  const closed = new Set([...state.closed, ...(page.completed_turn_ids ?? [])]);
  return { ...state, messages, forkAt, closed, before: page.page?.before_cursor ?? null };
}

function joinOlder(older: readonly Message[], rows: readonly Message[]): readonly Message[] {
  const known = new Set(rows.map((row) => row.id));
  return [...older.filter((row) => !known.has(row.id)), ...rows];
}
