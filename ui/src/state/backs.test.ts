// Which lines of what was taken back are one.
import { expect, test } from "vitest";
import type { Changes } from "../wire/types.gen.ts";
import { backOf } from "./backs.ts";

type Row = { id: string; changes?: Changes };
const row = (id: string, action: Changes["action"], turn: number, ...paths: string[]): Row => ({ id, changes: { chat_id: "c", action, turn, paths, added: 0, deleted: 0 } });
const told = (rows: readonly Row[]) => rows.map(({ id }) => backOf(rows, id)?.paths ?? null);

test("files of one turn, taken back one after the other, are told by the last of them", () => {
  expect(told([row("1", "reverted", 1, "a"), row("2", "reverted", 1, "b"), row("3", "reverted", 1, "c", "a")])).toEqual([null, null, ["a", "b", "c"]]);
});

test("a part of a file and a whole turn are lines of their own", () => {
  const of = (extent: NonNullable<Changes["extent"]>, ...rows: Row[]) => rows.map((one) => ({ ...one, changes: one.changes && { ...one.changes, extent } }));
  const pair = [row("1", "reverted", 1, "a"), row("2", "reverted", 1, "b")];
  expect((["hunk", "turn", "file"] as const).map((extent) => told(of(extent, ...pair)))).toEqual([[["a"], ["b"]], [["a"], ["b"]], [null, ["a", "b"]]]);
});

test("another turn, another way and anything between part them", () => {
  expect(told([row("1", "reverted", 1, "a"), row("2", "reverted", 2, "a")])).toEqual([["a"], ["a"]]);
  expect(told([row("1", "reverted", 1, "a"), row("2", "redone", 1, "a"), row("3", "reverted", 1, "a")])).toEqual([["a"], ["a"], ["a"]]);
  expect(told([row("1", "reverted", 1, "a"), { id: "said" }, row("2", "reverted", 1, "b")])).toEqual([["a"], null, ["b"]]);
});
