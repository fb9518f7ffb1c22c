// How calls stand, and which are one line.
import { expect, test } from "vitest";
import type { ToolEvent } from "../wire/types.ts";
import { counts, grouped, isBehind, isStoppable, stateOf } from "./calls.ts";

const call = (more: Partial<ToolEvent> = {}): ToolEvent => ({ phase: "end", call_id: "k", name: "exec", ...more });
const live = { live: true, waits: false, behind: false };

test.each([
  [call({ phase: "start" }), live, "running"],
  [call({ phase: "start" }), { live: true, waits: true, behind: false }, "waiting"],
  [call({ phase: "start" }), { live: false, waits: false, behind: false }, "stopped"],
  [call({ phase: "start" }), { live: true, waits: false, behind: true }, "next"],
  [call({ phase: "start" }), { live: true, waits: true, behind: true }, "waiting"],
  [call({ phase: "start" }), { live: false, waits: false, behind: true }, "stopped"],
  [call({ background: true }), { live: false, waits: false, behind: false }, "background"],
  [call({ exit_code: 0 }), live, "done"],
  [call({}), live, "done"],
  [call({ exit_code: 101, status: 500 }), live, "failed"],
  [call({ phase: "error", status: 404 }), live, "failed"],
  [call({ phase: "error", status: 403 }), live, "refused"],
  [call({ phase: "error", status: 499 }), live, "stopped"],
] as const)("%j %j is %s", (tool, around, state) => expect(stateOf(tool, around)).toBe(state));

test("only a command that runs can be stopped", () => {
  const of = (tool: ToolEvent) => isStoppable(tool, stateOf(tool, live));
  expect([of(call({ phase: "start" })), of(call({ background: true })), of(call()), of(call({ phase: "start", name: "read_file" }))]).toEqual([true, true, false, false]);
});

test("many calls that only looked are one line; what failed or runs is not hidden", () => {
  const reads = (n: number) => Array.from({ length: n }, (_, at) => call({ name: at % 3 === 2 ? "grep" : "read_file", call_id: `r${at}` }));
  const shape = (tools: ToolEvent[]) => grouped(tools).map((one) => (one.kind === "one" ? one.tool.name : counts(one.tools)));
  expect(shape(reads(3))).toEqual(["read_file", "read_file", "grep"]);
  expect(shape([...reads(6), call(), ...reads(4)])).toEqual([{ files: 4, searches: 2 }, "exec", { files: 3, searches: 1 }]);
  expect(shape([...reads(2), call({ name: "read_file", phase: "error" }), ...reads(2)])).toEqual(["read_file", "read_file", "read_file", "read_file", "read_file"]);
});

const batch = (...all: readonly [string, ToolEvent["phase"]][]) => all.map(([name, phase], at) => call({ name, phase, call_id: String(at) }));

test.each([
  [batch(["exec", "start"], ["exec", "start"]), [false, true]],
  [batch(["exec", "end"], ["exec", "start"]), [false, false]],
  [batch(["read_file", "start"], ["grep", "start"], ["web_fetch", "start"]), [false, false, false]],
  [batch(["read_file", "start"], ["write_file", "start"], ["read_file", "start"]), [false, true, true]],
  [batch(["exec", "error"], ["read_file", "start"]), [false, false]],
] as const)("%j: who waits for the calls before it", (calls, behind) => {
  expect(calls.map((one) => isBehind(calls, one))).toEqual(behind);
});
