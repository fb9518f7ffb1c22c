// The same cases the gateway folds for its thread pages: live events must come to the same picture.
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../wire/types.ts";
import { emptyChat, type ChatState } from "./chat.ts";
import cases from "../../../crates/proto/tests/folds.json";
import { reduce } from "./reduce.ts";

/** What only the window keeps, and the clock it takes for what streams. */
const OWN = ["createdAt", "reasoningMs"];

describe("live events come to the picture of the thread page", () => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const events = one.frames.map((frame, at) => ({ ...frame, seq: at + 1 }) as unknown as ChatEvent);
    const state = events.reduce<ChatState>(reduce, emptyChat("c"));
    const seen = state.messages.map((message) => Object.fromEntries(Object.entries(message).filter(([key]) => !OWN.includes(key))));
    expect(seen).toEqual(one.messages);
  });
});
