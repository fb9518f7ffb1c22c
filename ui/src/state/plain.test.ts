// Which commands fit, names of exported files, what the palette finds, where a fork begins.
import { describe, expect, test } from "vitest";
import type { CommandRow, Message } from "../wire/types.ts";
import { fileName, fileSize, matching, promptFrom, promptsBefore, score, shortPath, tilde, writing } from "./plain.ts";

const row = (command: string, title: string, arg_hint = "") => ({ command, title, arg_hint, accepts_args: arg_hint !== "" }) as CommandRow;
const all = [row("/stop", "Stop"), row("/status", "Show the status"), row("/model", "Model", "[preset]"), row("/dream-log", "Read the dream log")];

describe("commands", () => {
  test.each([
    ["/", false, "/stop /status /model /dream-log"],
    ["/st", false, "/stop /status"],
    ["/log", false, "/dream-log"],
    ["/", true, "/stop /model"],
    ["/model fast", false, ""],
    ["a /st", false, ""],
    ["!ls", false, ""],
  ])("%j in a temporary chat (%s): %j", (text, temporary, found) => {
      expect(matching(all, text, temporary).map((one) => one.command).join(" ")).toBe(found);
  });

  test("the hint shows until an argument begins", () => {
      expect(["/model ", "/model f", "/model", "/stop "].map((text) => writing(all, text)?.arg_hint)).toEqual(["[preset]", undefined, undefined, undefined]);
  });
});

test.each([
  ["A plan: one/two?", "markdown", "A plan onetwo.md"],
  ["..", "jsonl", "chat.jsonl"],
  ["", "html", "chat.html"],
  ["x".repeat(200), "markdown", `${"x".repeat(80)}.md`],
] as const)("%j is exported as %s into %j", (title, format, name) => {
  expect(fileName(title, format)).toBe(name);
});

test("the palette prefers beginnings, takes words in any order, and needs all of them", () => {
  expect(score("Plan the herb bed", "plan")).toBeGreaterThan(score("The plan", "plan"));
  expect(score("Plan the herb bed", "bed herb")).toBeGreaterThan(0);
  expect(score("Plan the herb bed", "herb tree")).toBe(0);
});

test("a fork counts the prompts of the whole chat", () => {
  const messages = ["user a", "assistant b", "tool c", "user d", "user e", "assistant f"].map((one) => ({ id: one.split(" ")[1], role: one.split(" ")[0] })) as Message[];
  const entry = { promptsBefore: 7, state: { messages } };
  expect(["a", "b", "d", "e", "f"].map((id) => promptsBefore(entry, id))).toEqual([7, 8, 8, 9, 10]);
});

test.each([
  [["", "home", "me", "code"].join("/"), "~/code"],
  [["", "home", "me"].join("/"), "~"],
  ["/srv/app", "/srv/app"],
  ["/homework/x", "/homework/x"],
])("%s is shown as %s", (path, shown) => {
  expect(tilde(path)).toBe(shown);
});

test("long paths keep their end", () => {
  expect(shortPath("/srv/app")).toBe("/srv/app");
  expect(shortPath("/srv/with/a/rather/long/way/down/to/the/project")).toBe("…/the/project");
});

test.each([
  [8, "8 B"],
  [2048, "2 kB"],
  [1_500_000, "1.4 MB"],
  [6 * 1024 * 1024, "6 MB"],
  [20 * 1024 * 1024, "20 MB"],
])("%i bytes are %s", (bytes, words) => {
  expect(fileSize(bytes)).toBe(words);
});

const talk = ["u1", "a1", "u2", "a2", "t2", "u3"].map((id) => ({ id, role: id.startsWith("u") ? "user" : "assistant", content: id }) as unknown as Message);

test.each<[string | null, 1 | -1, string | null]>([
  [null, -1, "u3"],
  ["u3", -1, "u2"],
  ["t2", -1, "u2"],
  ["u1", -1, null],
  ["a1", 1, "u2"],
  ["u2", 1, "u3"],
  ["u3", 1, null],
  [null, 1, null],
])("the person's prompt from %s by %s is %s", (from, step, to) => {
  expect(promptFrom(talk, from, step)?.id ?? null).toBe(to);
});
