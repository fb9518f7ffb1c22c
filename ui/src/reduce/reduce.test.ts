// The fold as data: live events against thread pages, and everything that may arrive wrong.
import { describe, expect, test } from "vitest";
import type { ChatEvent, ThreadPage } from "../wire/types.ts";
import { emptyChat, type ChatState } from "./chat.ts";
import { reduce } from "./reduce.ts";

type Loose = Record<string, unknown>;

function numbered(events: Loose[]): ChatEvent[] {
  return events.map((event, at) => ({ chat_id: "c", seq: at + 1, created_at_ms: 1000 + at * 10, ...event })) as unknown as ChatEvent[];
}
const all = (events: ChatEvent[], from: ChatState = emptyChat("c")) => events.reduce<ChatState>(reduce, from);

/** The page a gateway would serve at this point: the same rows in the order they began, through JSON. */
function page(state: ChatState): ThreadPage {
  const messages = state.messages.toSorted((a, b) => a.id.slice(-16).localeCompare(b.id.slice(-16)));
  const shape = { schemaVersion: 3, sessionKey: "websocket:c", messages, last_seq: state.lastSeq, active_turn_id: state.run?.turn_id ?? null };
  return JSON.parse(JSON.stringify(shape)) as ThreadPage;
}

const plain = [
  { event: "user_message", text: "hello", starts_turn: true, turn_id: "t1", started_at: 1 },
  { event: "goal_status", status: "running", started_at: 1, turn_id: "t1" },
  { event: "turn_model_updated", model_name: "m", model_preset: "p", turn_id: "t1" },
  { event: "reasoning_delta", text: "Let ", turn_id: "t1" },
  { event: "reasoning_delta", text: "me see", turn_id: "t1" },
  { event: "reasoning_end", turn_id: "t1" },
  { event: "delta", text: "Hello ", turn_id: "t1" },
  { event: "delta", text: "you", turn_id: "t1" },
  { event: "stream_end", turn_id: "t1" },
  { event: "turn_end", latency_ms: 40, usage: { context_tokens: 5 }, context_window_tokens: 10, turn_id: "t1" },
  { event: "goal_status", status: "idle", turn_id: "t1" },
];
const queued = [
  { event: "user_message", text: "one", starts_turn: true, turn_id: "t1" },
  { event: "goal_status", status: "running", turn_id: "t1" },
  { event: "user_message", text: "two", starts_turn: false, turn_id: "t2", active_turn_id: "t1" },
  { event: "delta", text: "first ", turn_id: "t1" },
  { event: "delta", text: "answer", turn_id: "t1" },
  { event: "stream_end", turn_id: "t1" },
  { event: "turn_end", turn_id: "t1" },
  { event: "goal_status", status: "running", turn_id: "t2" },
  { event: "delta", text: "second answer", turn_id: "t2" },
  { event: "stream_end", turn_id: "t2" },
  { event: "turn_end", turn_id: "t2" },
];
const stopped = [
  { event: "user_message", text: "go", starts_turn: true, turn_id: "t1" },
  { event: "goal_status", status: "running", turn_id: "t1" },
  { event: "delta", text: "half an", turn_id: "t1" },
  { event: "stream_end", turn_id: "t1" },
  { event: "message", text: "Stopped 1 task(s).", turn_id: "t1", notice: { kind: "stopped", retry: false } },
  { event: "goal_status", status: "idle", turn_id: "t1" },
];
const failed = [
  { event: "user_message", text: "go", starts_turn: true, turn_id: "t1" },
  { event: "goal_status", status: "running", turn_id: "t1" },
  { event: "stream_end", turn_id: "t1" },
  { event: "message", text: "Error: refused", turn_id: "t1", notice: { kind: "error", retry: true } },
  { event: "turn_end", latency_ms: 3, turn_id: "t1" },
  { event: "goal_status", status: "idle", turn_id: "t1" },
];
const tool = { phase: "start", call_id: "k", name: "write_file", arguments: { path: "a" } };
const tools = [
  { event: "user_message", text: "write", starts_turn: true, turn_id: "t1" },
  { event: "goal_status", status: "running", turn_id: "t1" },
  { event: "reasoning_delta", text: "I will write.", turn_id: "t1" },
  { event: "reasoning_end", turn_id: "t1" },
  { event: "delta", text: "Writing now.", turn_id: "t1" },
  { event: "stream_end", resuming: true, turn_id: "t1" },
  { event: "message", kind: "tool_hint", text: "write a", tool_events: [tool], turn_id: "t1" },
  { event: "file_edit", edits: [{ call_id: "k", tool: "write_file", path: "a", phase: "start", added: 0, deleted: 0, status: "editing" }], turn_id: "t1" },
  { event: "file_edit", edits: [{ call_id: "k", tool: "write_file", path: "a", phase: "end", added: 2, deleted: 0, status: "done" }], turn_id: "t1" },
  { event: "message", kind: "progress", text: "", tool_events: [{ ...tool, phase: "end", result: "ok" }], turn_id: "t1" },
  { event: "delta", text: "Wrote it.", turn_id: "t1" },
  { event: "stream_end", turn_id: "t1" },
  { event: "turn_end", latency_ms: 9, turn_id: "t1" },
];

describe("a thread page and the events after it give the picture of the live fold, at every cut", () => {
  test.each(Object.entries({ plain, queued, stopped, failed, tools }))("%s", (_, script) => {
    const events = numbered(script);
    const live = all(events);
    for (let cut = 0; cut <= events.length; cut += 1) {
      const served = page(all(events.slice(0, cut)));
      const joined = all(events, reduce(emptyChat("c"), { event: "local.page", page: served }));
      expect(joined.messages, `cut at ${cut}`).toEqual(live.messages);
      expect(joined.lastSeq).toBe(live.lastSeq);
      expect(joined.run).toEqual(live.run);
    }
  });
});

test("one bubble holds the turn's reasoning and answer, named by its first event", () => {
  const { messages, run, usage } = all(numbered(plain));
  expect(messages.map((row) => row.id)).toEqual(["u-0000000000000001", "as-0000000000000004"]);
  expect(messages[1]).toMatchObject({ reasoning: "Let me see", content: "Hello you", isStreaming: false, latencyMs: 40, reasoningMs: 20 });
  expect(run).toBeNull();
  expect(usage).toEqual({ context_tokens: 5 });
});

test("a prompt sent while a turn runs waits behind the running answer", () => {
  const events = numbered(queued);
  const during = all(events.slice(0, 5));
  expect(during.messages.map((row) => row.content)).toEqual(["one", "first answer", "two"]);
  expect(during.messages.map((row) => row.queued ?? false)).toEqual([false, false, true]);
  const after = all(events);
  expect(after.messages.map((row) => row.content)).toEqual(["one", "first answer", "two", "second answer"]);
  expect(after.messages.some((row) => row.queued)).toBe(false);
});

test("stop keeps the partial answer and shows no row for the command", () => {
  const state = all(numbered(stopped));
  expect(state.messages.map((row) => [row.content, row.isStreaming ?? null])).toEqual([["go", null], ["half an", false], ["Stopped 1 task(s).", null]]);
  expect(state.run).toBeNull();
  expect(state.failed).toBe(false);
});

test("an error notice marks the chat as failed and offers a retry", () => {
  const state = all(numbered(failed));
  expect(state.failed).toBe(true);
  expect(state.messages.at(-1)?.notice).toEqual({ kind: "error", retry: true });
});

test("tools: text before a call joins the reasoning, the files it changes stand for the call", () => {
  const rows = all(numbered(tools)).messages;
  expect(rows.map((row) => row.role)).toEqual(["user", "assistant", "tool", "assistant"]);
  expect(rows[1]).toMatchObject({ reasoning: "I will write.\n\nWriting now.", content: "" });
  expect(rows[2]).toMatchObject({ traces: [], fileEdits: [{ status: "done" }] });
  expect(rows[2]?.toolEvents).toBeUndefined();
});

test("an event twice changes nothing the second time", () => {
  const events = numbered(plain);
  const twice = events.flatMap((event) => [event, event]);
  expect(all(twice).messages).toEqual(all(events).messages);
});

test("events out of order wait for the missing one", () => {
  const events = numbered(plain);
  const [first, second, ...rest] = events as [ChatEvent, ChatEvent, ...ChatEvent[]];
  const state = all([second, first, ...rest]);
  expect(state.messages).toEqual(all(events).messages);
  expect(state.held).toEqual([]);
});

test("a gap that never closes asks for the thread again", () => {
  const many = numbered(Array.from({ length: 80 }, () => ({ event: "delta", text: "x", turn_id: "t" })));
  expect(all(many.slice(1)).lost).toBe(true);
});

test("unknown events change nothing but are counted", () => {
  const state = all(numbered([{ event: "from_the_future", text: "?" }, ...plain]));
  expect(state.lastSeq).toBe(plain.length + 1);
  expect(state.messages).toHaveLength(2);
});

test("a sent prompt is pending until accepted, then a row; an error keeps its text", () => {
  const sent = reduce(emptyChat("c"), { event: "local.send", turn_id: "t1", text: "hi", at: 1 });
  expect(sent.pending).toHaveLength(1);
  const ok = reduce(sent, { event: "message_accepted", chat_id: "c", turn_id: "t1", starts_turn: true, seq: 1 });
  expect(ok.pending).toEqual([]);
  expect(ok.messages[0]).toMatchObject({ id: "u-0000000000000001", content: "hi" });
  const again = reduce(ok, { event: "message_accepted", chat_id: "c", turn_id: "t1", starts_turn: true, seq: 1 });
  expect(again.messages).toHaveLength(1);
  const bad = reduce(sent, { event: "error", chat_id: "c", turn_id: "t1", detail: "message_rejected", reason: "queue_full" });
  expect(bad.pending[0]).toMatchObject({ text: "hi", failed: "queue_full" });
});

test("what was attached stays with the prompt, and comes with another's", () => {
  const media = [{ kind: "image", url: "/api/media/a/b", name: "a.png" }];
  const sent = reduce(emptyChat("c"), { event: "local.send", turn_id: "t1", text: "look", at: 1, media });
  expect(sent.pending[0]?.media).toEqual(media);
  const mine = reduce(sent, { event: "message_accepted", chat_id: "c", turn_id: "t1", starts_turn: true, seq: 1 });
  expect(mine.messages[0]?.media).toEqual(media);
  const theirs = reduce(emptyChat("c"), { event: "user_message", chat_id: "c", text: "look", turn_id: "t1", starts_turn: true, seq: 1, media_urls: media });
  expect(theirs.messages[0]?.media).toEqual(media);
});

test("an acceptance without its text asks for the thread", () => {
  expect(reduce(emptyChat("c"), { event: "message_accepted", chat_id: "c", turn_id: "t1", starts_turn: true, seq: 1 }).lost).toBe(true);
});

test("older pages go in front, once", () => {
  const events = numbered(plain);
  const live = all(events);
  const older: ThreadPage = { ...page(live), page: { before_cursor: null, has_more_before: false } };
  const state = reduce(reduce(live, { event: "local.older", page: older }), { event: "local.older", page: older });
  expect(state.messages).toEqual(live.messages);
});
