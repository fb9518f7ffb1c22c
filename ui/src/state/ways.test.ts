// What can be taken back as a file or a turn stands, as data.
import { expect, test } from "vitest";
import type { ChangeStanding } from "../wire/types.gen.ts";
import { waysOf, waysOfTurn } from "./ways.ts";

const file = (word: string) => ({ standing: word.replace("!", "") as ChangeStanding, too_big: word.endsWith("!") });
const shown = (ways: { revert: boolean; redo: boolean }) => [ways.revert ? "undo" : "", ways.redo ? "redo" : ""].filter(Boolean).join(" ");

test.each([
  ["applied", "undo"],
  ["reverted", "redo"],
  ["changed_since", "undo redo"],
  ["applied!", ""],
  ["changed_since!", ""],
])("a file that is %s: %s", (standing, expected) => {
  expect(shown(waysOf(file(standing)))).toBe(expected);
});

test.each([
  ["applied", "undo"],
  ["applied applied!", "undo"],
  ["applied reverted", "undo redo"],
  ["reverted reverted", "redo"],
  ["changed_since", "undo"],
  ["applied!", ""],
])("a turn of files that are %s: %s", (standings, expected) => {
  expect(shown(waysOfTurn(standings.split(" ").map(file)))).toBe(expected);
});
