// How a turn's changes stand, from what the conversation told.
import { expect, test } from "vitest";
import type { Changes } from "../wire/types.gen.ts";
import { areFolders, standingOf } from "./standing.ts";

const told = (action: Changes["action"], turn: number, ...paths: string[]) => ({ changes: { chat_id: "c", action, turn, paths, added: 0, deleted: 0 } });
const hunk = (action: Changes["action"], partly: boolean, path: string) => ({ changes: { ...told(action, 2, path).changes, extent: "hunk" as const, partly } });
const made = told("made", 2, "a", "b");

test.each([
  ["made", [made], "made"],
  ["one of two", [made, told("reverted", 2, "a")], "partly"],
  ["both, one after the other", [made, told("reverted", 2, "a"), told("reverted", 2, "b")], "undone"],
  ["and again", [made, told("reverted", 2, "a", "b"), told("redone", 2, "a", "b")], "made"],
  ["another turn", [made, told("reverted", 1, "a", "b")], "made"],
  ["made once more", [made, told("reverted", 2, "a"), told("made", 2, "a")], "made"],
  ["one hunk of two", [told("made", 2, "a"), hunk("reverted", true, "a")], "partly"],
  ["both hunks", [told("made", 2, "a"), hunk("reverted", true, "a"), hunk("reverted", false, "a")], "undone"],
  ["both hunks of one file of two", [made, hunk("reverted", true, "a"), hunk("reverted", false, "a")], "partly"],
  ["a hunk of what was taken back, done again", [told("made", 2, "a"), told("reverted", 2, "a"), hunk("redone", true, "a")], "partly"],
  ["a hunk, and done again", [told("made", 2, "a"), hunk("reverted", true, "a"), hunk("redone", false, "a")], "made"],
  ["a hunk, then the file", [told("made", 2, "a"), hunk("reverted", true, "a"), told("reverted", 2, "a")], "undone"],
] as const)("%s", (_, rows, standing) => expect(standingOf(rows, 2)).toBe(standing));

test("of very many files only the first are named", () => {
  const many = (action: Changes["action"]) => ({ changes: { ...told(action, 2, "a", "b").changes, more: 98 } });
  expect(standingOf([many("made"), many("reverted")], 2)).toBe("undone");
  expect(standingOf([many("made"), told("reverted", 2, "a", "b")], 2)).toBe("partly");
  expect(standingOf([many("made"), many("reverted"), told("redone", 2, "a")], 2)).toBe("partly");
  expect(standingOf([many("made"), many("reverted"), many("redone")], 2)).toBe("made");
});

test("what was never kept does not keep a turn from being undone", () => {
  const rows = [made, told("reverted", 2, "a")];
  expect(standingOf(rows, 2, new Set(["b"]))).toBe("undone");
  expect(standingOf([made], 2, new Set(["b"]))).toBe("made");
});

test.each([
  [["a/b", "c"], false],
  [["a/", "b/"], true],
  [["a/", "b"], false],
  [[], false],
])("of %j it is %j that they are folders", (paths, folders) => expect(areFolders(paths)).toBe(folders));
