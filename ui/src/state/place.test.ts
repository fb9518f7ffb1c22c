// Which chat the page begins with.
import { expect, test } from "vitest";
import { startPlace } from "./place.ts";

test.each([
  ["#/chat/one", "two", false, "one", false],
  ["#/", "two", false, "two", true],
  ["", "two", false, "two", true],
  ["#/?bootstrapSecret=abcdefgh", "two", false, "two", true],
  ["#/", "two", true, null, false],
  ["#/chat/one", null, true, "one", false],
  ["#/", null, false, null, false],
  ["#/", "not a chat's id", false, null, false],
] as const)("at %s, last in %s, reloaded %s: %s", (hash, last, reloaded, chat, kept) => {
  expect(startPlace(hash, last, reloaded)).toEqual({ chat, kept });
});
