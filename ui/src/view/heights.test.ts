// Positions of rows: guesses, measurements, rows put in front.
import { expect, test } from "vitest";
import { Heights } from "./heights.ts";

test("tops follow guesses, then measurements", () => {
  const heights = new Heights(() => 10);
  heights.setIds(["a", "b", "c"]);
  expect([heights.top(0), heights.top(2), heights.total()]).toEqual([0, 20, 30]);
  expect(heights.measure("a", 25)).toBe(true);
  expect(heights.measure("a", 25.2)).toBe(false);
  expect([heights.top(1), heights.total()]).toEqual([25, 45]);
  expect([heights.at(0), heights.at(24), heights.at(25), heights.at(999)]).toEqual([0, 0, 1, 2]);
});

test("rows put in front keep what was measured", () => {
  const heights = new Heights(() => 10);
  heights.setIds(["b"]);
  heights.measure("b", 50);
  heights.setIds(["a", "b"]);
  expect([heights.top(1), heights.total()]).toEqual([10, 60]);
  heights.setIds(["a", "b", "c"]);
  expect(heights.total()).toBe(70);
  heights.setIds([]);
  expect(heights.total()).toBe(0);
});
