// What can be taken back as a file or a turn stands, as data.
import { expect, test } from "vitest";
import type { ChangeStanding } from "../wire/types.gen.ts";
import { forcible, restOf, waysOf, waysOfTurn } from "./ways.ts";

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

const FILES = [
  { path: "a", standing: "applied", too_big: false },
  { path: "b", standing: "reverted", too_big: false },
  { path: "c", standing: "changed_since", too_big: false },
  { path: "d", standing: "applied", too_big: true },
] as const;
const refused = (paths: string) => paths.split("").map((path) => ({ path, why: "" }));

test.each([
  ["", "revert", "ac", ""],
  ["", "redo", "bc", ""],
  ["c", "revert", "a", "c"],
  ["cd", "revert", "a", "c"],
  ["d", "revert", "ac", ""],
  ["a", "redo", "bc", "a"],
] as const)("with %j refused, to %s: the rest is %j, and %j may be forced", (paths, way, rest, forced) => {
  expect(restOf(FILES, refused(paths), way).join("")).toBe(rest);
  expect(forcible(FILES, refused(paths)).map((one) => one.path).join("")).toBe(forced);
});
