// What can be taken back as a file or a turn stands, as data.
import { expect, test } from "vitest";
import type { ChangedFile, ChangeStanding, HunkStanding } from "../wire/types.gen.ts";
import { forcible, restOf, waysOf, waysOfHunk, waysOfTurn } from "./ways.ts";

const HUNKS: Record<string, HunkStanding> = { a: "applied", r: "reverted", l: "lost" };

/** `standing`, with `!` where it was never kept, and `:` with a letter for each hunk that is told by itself. */
function file(word: string): Pick<ChangedFile, "standing" | "too_big" | "hunk_standings"> {
  const [standing = "", hunks = ""] = word.replace("!", "").split(":");
  const told = [...hunks].flatMap((letter) => HUNKS[letter] ?? []);
  return { standing: standing as ChangeStanding, too_big: word.endsWith("!"), ...(told.length > 0 ? { hunk_standings: told } : {}) };
}
const shown = (ways: { revert: boolean; redo: boolean }) => [ways.revert ? "undo" : "", ways.redo ? "redo" : ""].filter(Boolean).join(" ");

test.each([
  ["applied", "undo"],
  ["reverted", "redo"],
  ["changed_since", "undo redo"],
  ["applied!", ""],
  ["changed_since!", ""],
  ["applied:ar", "undo redo"],
  ["applied:rr", "undo redo"],
  ["changed_since:ll", "undo redo"],
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
  ["applied:ar", "undo redo"],
  ["reverted applied!", "redo"],
])("a turn of files that are %s: %s", (standings, expected) => {
  expect(shown(waysOfTurn({ files: standings.split(" ").map(file) }))).toBe(expected);
});

test("a turn whose files are not read yet may go either way", () => {
  expect(shown(waysOfTurn({ files: [], more: 3 }))).toBe("undo redo");
  expect(shown(waysOfTurn({ files: [] }))).toBe("");
});

test.each([
  ["applied", "undo, undo"],
  ["reverted", "redo, redo"],
  ["applied:ar", "undo, redo"],
  ["applied:rr", "redo, redo"],
  ["changed_since:al", "undo, "],
  ["changed_since:lr", ", redo"],
  // A gateway that does not tell of hunks.
  ["changed_since", "undo, undo"],
])("the two hunks of a file that is %s: %s", (standing, expected) => {
  expect([0, 1].map((at) => shown(waysOfHunk(file(standing), at))).join(", ")).toBe(expected);
});

const FILES = [
  { path: "a", standing: "applied", too_big: false },
  { path: "b", standing: "reverted", too_big: false },
  { path: "c", standing: "changed_since", too_big: false },
  { path: "d", standing: "applied", too_big: true },
] as const;
const refused = (paths: string) => paths.split("").map((path) => ({ path, why: "", can_insist: path !== "d" }));

test.each([
  ["", "revert", "ac", ""],
  ["", "redo", "bc", ""],
  ["c", "revert", "a", "c"],
  ["cd", "revert", "a", "c"],
  ["d", "revert", "ac", ""],
  ["a", "redo", "bc", "a"],
] as const)("with %j refused, to %s: the rest is %j, and %j may be forced", (paths, way, rest, forced) => {
  expect(restOf(FILES, refused(paths), way).join("")).toBe(rest);
  expect(forcible(refused(paths)).map((one) => one.path).join("")).toBe(forced);
});
