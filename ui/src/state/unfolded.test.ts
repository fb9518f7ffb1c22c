// What is unfolded is remembered, up to a bound.
import { expect, test } from "vitest";
import { isUnfolded, setUnfolded } from "./unfolded.ts";

test("what was unfolded stays so until it is folded; of very many the oldest are forgotten", () => {
  setUnfolded("first", true);
  setUnfolded("second", true);
  setUnfolded("second", false);
  expect([isUnfolded("first"), isUnfolded("second"), isUnfolded("third")]).toEqual([true, false, false]);
  for (let n = 0; n < 499; n += 1) setUnfolded(`more ${n}`, true);
  expect(isUnfolded("first")).toBe(true);
  setUnfolded("one too many", true);
  expect([isUnfolded("first"), isUnfolded("more 0"), isUnfolded("one too many")]).toEqual([false, true, true]);
});
