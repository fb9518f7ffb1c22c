// A command in the background that has ended runs no more in the chat it is told of, and in no other.
import { expect, test } from "vitest";
import type { RunningCommand } from "../wire/types.gen.ts";
import { without, type ActingHere } from "./actinghere.ts";

const command = (path: string): RunningCommand => ({ path, call_id: "c", script: "sleep 9", background: true, started_at_ms: 1 });
const here = (...paths: string[]): ActingHere => ({
  chat: "a",
  why: "",
  facts: { chat_id: "a", mode: "act", preset: "ask", own_preset: false, network: false, sandbox: { level: 3, provider: "", missing: [] }, commands: paths.map(command) },
});

test.each([
  ["one", here("one", "two"), "a", ["two"]],
  ["two", here("one", "two"), "a", ["one"]],
  ["three", here("one", "two"), "a", ["one", "two"]],
  ["one", here("one"), "b", ["one"]],
])("%s has ended (%#)", (path, before, chat_id, left) => {
  expect(without(before, { chat_id, path })?.facts?.commands.map((one) => one.path)).toEqual(left);
});

test("where nothing is known, nothing is taken off", () => {
  const unread: ActingHere = { chat: "a", facts: null, why: "no answer" };
  expect(without(unread, { chat_id: "a", path: "one" })).toBe(unread);
  expect(without(null, { chat_id: "a", path: "one" })).toBeNull();
});
