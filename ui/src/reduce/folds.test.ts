// The same cases the gateway folds for its thread pages: live events must come to the same picture.
import { describe, expect, test } from "vitest";
import type { ChatEvent, ThreadPage } from "../wire/types.ts";
import { emptyChat, type ChatState } from "./chat.ts";
import cases from "../../../crates/proto/tests/folds.json";
import { reduce } from "./reduce.ts";

/** What only the window keeps, and the clock it takes for what streams. */
const OWN = ["createdAt", "reasoningMs", "forkBoundary"];

const eventsOf = (one: (typeof cases)[number]) => one.frames.map((frame, at) => ({ ...frame, seq: at + 1 }) as unknown as ChatEvent);

/** The page a gateway would serve at this point, through JSON. */
function page(state: ChatState): ThreadPage {
  const boundary = state.forkAt ?? state.messages.findIndex((row) => row.forkBoundary);
  const shape = {
    schemaVersion: 3,
    sessionKey: "websocket:c",
    messages: state.messages.map(({ forkBoundary: _own, ...row }) => row),
    last_seq: state.lastSeq,
    active_turn_id: state.run?.turn_id ?? null,
    completed_turn_ids: [...state.closed],
    ...(boundary < 0 ? {} : { fork_boundary_message_count: boundary }),
  };
  return JSON.parse(JSON.stringify(shape)) as ThreadPage;
}

describe("a thread page and the events after it give the picture of the live fold, at every cut", () => {
  // What a turn that goes on after its end is called is not on the page; a fresh page calls it anew.
  const again = ["a turn id that comes again is another turn", "a call of a turn that goes on after its end"];
  const kept = cases.filter((one) => !again.includes(one.name));
  test.each(kept.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const events = eventsOf(one);
    const live = events.reduce<ChatState>(reduce, emptyChat("c"));
    for (let cut = 0; cut <= events.length; cut += 1) {
      const served = page(events.slice(0, cut).reduce<ChatState>(reduce, emptyChat("c")));
      const joined = events.reduce<ChatState>(reduce, reduce(emptyChat("c"), { event: "local.page", page: served }));
      expect(joined.messages, `cut at ${String(cut)}`).toEqual(live.messages);
      expect([joined.muted, joined.forkAt, joined.run?.turn_id]).toEqual([live.muted, live.forkAt, live.run?.turn_id]);
    }
  });
});

describe("live events come to the picture of the thread page", () => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const events = eventsOf(one);
    const state = events.reduce<ChatState>(reduce, emptyChat("c"));
    const seen = state.messages.map((message) => Object.fromEntries(Object.entries(message).filter(([key]) => !OWN.includes(key))));
    expect(seen).toEqual(one.messages);
  });
});
