// Where in the list of changes what was overwritten is offered.
import { expect, test } from "vitest";
import { keptAt } from "./overwritten.ts";

const step = (step: number, ...files: string[]) => ({ step, at_ms: step, files });
const turn = { turn: 2, files: [{ path: "a" }, { path: "b" }], overwritten: [step(3, "a"), step(2, "a", "b"), step(1, "elsewhere")] };
const at = (path: string | undefined, notes: Parameters<typeof keptAt>[2] = []) => keptAt(turn, path, notes).map((one) => one.step);

test("one file stands at that file, more of them and what is not listed at the turn", () => {
  expect([at("a"), at("b"), at(undefined)]).toEqual([[3], [], [2, 1]]);
  expect(keptAt({ turn: 2, files: [{ path: "a" }] }, undefined, [])).toEqual([]);
});

test("what a note of this turn offers already is not offered twice", () => {
  expect([at("a", [{ target: { turn: 2 }, step: 3 }]), at(undefined, [{ target: { turn: 2, path: "a" }, step: 2 }])]).toEqual([[], [1]]);
  expect([at("a", [{ target: { turn: 1 }, step: 3 }]), at("a", [{ target: { turn: 2 }, step: null }])]).toEqual([[3], [3]]);
});
