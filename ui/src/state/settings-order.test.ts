// Moves inside an order.
import { expect, test } from "vitest";
import { moveBy, moveTo, placeAt } from "./settings-order.ts";

const order = ["a", "b", "c", "d"];
const text = (names: readonly string[]) => names.join("");

test.each([
  ["a", 0, "abcd"], ["a", 1, "bacd"], ["a", 3, "bcda"], ["a", 9, "bcda"], ["d", 0, "dabc"], ["c", 1, "acbd"], ["c", -5, "cabd"], ["x", 1, "abcd"],
])("%s to %i", (name, to, moved) => {
  expect(text(moveTo(order, name, to))).toBe(moved);
});

test("steps stop at the ends, and nothing moved is the same array", () => {
  expect(text(moveBy(order, "b", -1))).toBe("bacd");
  expect(moveBy(order, "a", -1)).toBe(order);
  expect(moveBy(order, "d", 1)).toBe(order);
  expect(moveTo([], "a", 0)).toEqual([]);
});

test.each([[-10, 0], [15, 0], [25, 1], [65, 3], [900, 3]])("held at %i it belongs to place %i", (y, place) => {
  expect(placeAt(y, [20, 40, 60, 80])).toBe(place);
});
