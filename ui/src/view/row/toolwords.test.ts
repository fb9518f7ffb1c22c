// Tool calls in one line.
import { expect, test } from "vitest";
import { language } from "../../i18n/text.ts";
import { readable, toolWords } from "./toolwords.ts";

test.each([
  ["exec", { command: "echo  hi\nls" }, "$ echo hi ls"],
  ["write_file", { path: "notes/a.txt", content: "x" }, "write notes/a.txt"],
  ["read_file", { path: "/etc/hosts" }, "read /etc/hosts"],
  ["grep", { pattern: "x" }, 'grep "x"'],
  ["web_search", { query: "q" }, 'search "q"'],
  ["mcp_weather_today", { city: "Bonn" }, 'weather::today("Bonn")'],
  ["spawn", { task: "t" }, 'spawn("t")'],
  ["noop", undefined, "noop()"],
  ["exec", { command: "a".repeat(300) }, `$ ${"a".repeat(158)}…`],
])("%s of %j", (name, given, words) => {
  expect(toolWords({ phase: "start", call_id: "c", name, arguments: given })).toBe(words);
});

test("the words are those of the person's language, what was given stays as it is", () => {
  language.value = "de";
  const words = (name: string, given: object) => toolWords({ phase: "start", call_id: "c", name, arguments: given });
  expect([words("list_dir", { path: "{from}" }), words("move_file", { from: "a", to: "b" }), words("exec", { command: "ls" })]).toEqual(["listet {from} auf", "verschiebt a → b", "$ ls"]);
  language.value = "en";
});

test("texts are shown as they are, the rest as JSON", () => {
  expect([readable("a\nb"), readable({ a: 1 }), readable(null)]).toEqual(["a\nb", '{\n  "a": 1\n}', ""]);
});
