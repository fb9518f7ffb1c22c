// What was typed against what the gateway says.
import { expect, test } from "vitest";
import { afterSave, changed, edit, overtaken, type Edits } from "./settings-edit.ts";

const ground = { timeout: "30", proxy: "" };

test("typing makes an edit, typing it back unmakes it", () => {
  const once = edit({}, "timeout", "60", "30");
  expect(once).toEqual({ timeout: { value: "60", from: "30" } });
  expect(edit(once, "timeout", "6", "30")).toEqual({ timeout: { value: "6", from: "30" } });
  expect(edit(once, "timeout", "30", "30")).toEqual({});
});

test("another client's change does not touch what was typed, and is told", () => {
  const mine = edit({}, "timeout", "60", "30");
  const theirs = { ...ground, timeout: "45" };
  expect(changed(mine, theirs)).toEqual(["timeout"]);
  expect(overtaken(mine, "timeout", "45")).toBe(true);
  expect(overtaken(mine, "timeout", "30")).toBe(false);
  expect(overtaken(mine, "timeout", "60"), "they chose the same").toBe(false);
  expect(overtaken(mine, "proxy", "x"), "nothing typed here").toBe(false);
  expect(edit(mine, "timeout", "61", "45").timeout?.from, "typing on does not forget where it began").toBe("30");
});

test("a save takes what was sent and leaves what was typed meanwhile, but nothing the form no longer asks for", () => {
  const edits: Edits = { timeout: { value: "601", from: "30" }, proxy: { value: "p", from: "" }, other: { value: "x", from: "" }, api_key: { value: "k", from: "" } };
  expect(afterSave(edits, { timeout: "60", proxy: "p" }, { ...ground, other: "" })).toEqual({ timeout: { value: "601", from: "60" }, other: { value: "x", from: "" } });
});

test("an edit that equals the ground would change nothing", () => {
  expect(changed({ timeout: { value: "45", from: "30" } }, { timeout: "45" })).toEqual([]);
});
