// What is found in messages, as data: messages in, hits out.
import { expect, test } from "vitest";
import type { Message } from "../wire/types.ts";
import { foundIn, ordinal, patternOf, sameOrAfter, stepped, type RowHits } from "./match.ts";
import { textsOf } from "./texts.ts";

const message = (fields: Record<string, unknown>) => ({ id: "m", role: "assistant", content: "", ...fields }) as unknown as Message;
const find = (fields: Record<string, unknown>, wanted: string, exact = false) => {
  const pattern = patternOf(wanted, exact);
  const found = pattern === null ? null : foundIn(message(fields), pattern);
  return (found?.parts ?? []).map(({ part, count }) => `${part}: ${count}`);
};

test("a prompt is searched as it was written, in any case or in this one", () => {
  const prompt = { role: "user", content: "Where is **Main**? main, MAIN." };
  expect(find(prompt, "main")).toEqual(["text: 3"]);
  expect(find(prompt, "Main", true)).toEqual(["text: 1"]);
  expect(find(prompt, "**")).toEqual(["text: 2"]);
});

test("what is typed is text and no pattern; blanks stand for line ends too; nothing typed finds nothing", () => {
  expect(find({ role: "user", content: "a.b (c) [d] a/b a-b" }, "(c) [d]")).toEqual(["text: 1"]);
  expect(find({ role: "user", content: "axb" }, "a.b")).toEqual([]);
  expect(find({ role: "user", content: "one\n  two" }, "one two")).toEqual(["text: 1"]);
  expect(patternOf("   ", false)).toBe(null);
  expect(find({ role: "user", content: "GROẞ Straße ÄÖÜ" }, "straße äöü")).toEqual(["text: 1"]);
});

test("an answer is searched as it is read: without the signs of Markdown, and not across what stands apart", () => {
  const answer = { content: "A **bold** word, a [link](https://example.org/hidden) and `code`.\n\n- first\n- second\n\n```js\nlet bold = 1;\n```\n\n| a | b |\n|---|---|\n| c | bold |" };
  expect(find(answer, "a bold word, a link and code.")).toEqual(["text: 1"]);
  expect(find(answer, "hidden")).toEqual([]);
  expect(find(answer, "first second")).toEqual([]);
  expect(find(answer, "bold")).toEqual(["text: 3"]);
});

test("thoughts, calls, changed files and what went wrong are found, each by its own name", () => {
  expect(find({ reasoning: "I look for the parser", content: "The parser is here. Parser!" }, "parser")).toEqual(["thought: 1", "text: 2"]);
  expect(find({ id: "buf-1", reasoning: "Let me *look*" }, "me look")).toEqual(["text: 1"]);
  const trace = {
    kind: "trace",
    role: "tool",
    toolEvents: [
      { call_id: "c1", name: "exec", phase: "error", arguments: { command: "cargo build" }, error: "\u001b[31mcargo\u001b[0m is not here" },
      { call_id: "c2", name: "read_file", phase: "end", arguments: { path: "cargo.toml" }, result: "cargo in a result" },
      { call_id: "c3", name: "write_file", phase: "end" },
    ],
    fileEdits: [{ call_id: "c3", tool: "write_file", path: "src/cargo.rs", phase: "end", added: 1, deleted: 0, status: "done" }],
  };
  expect(find(trace, "cargo")).toEqual(["call c1: 1", "error c1: 1", "call c2: 1", "result c2: 1", "edit c3 src/cargo.rs: 1"]);
  expect(find({ notice: { kind: "error" }, content: "Error: the model is away" }, "error")).toEqual([]);
  expect(find({ notice: { kind: "error" }, content: "Error: the model is away" }, "the model")).toEqual(["text: 1"]);
});

test("what a card shows when it is opened: what the call was given, what came of it, how a file changed", () => {
  const call = (fields: Record<string, unknown>) => ({ kind: "trace", role: "tool", toolEvents: [{ call_id: "c1", phase: "end", ...fields }] });
  const script = `echo first; ${"true; ".repeat(40)}echo wolf`;
  expect(find(call({ name: "exec", arguments: { command: script } }), "wolf")).toEqual(["script c1: 1"]);
  expect(find(call({ name: "exec", arguments: { command: "echo\n  wolf", background: true } }), "wolf")).toEqual(["call c1: 1"]);
  expect(find(call({ name: "grep", arguments: { pattern: "wolf", path: "in/the/wood" } }), "the/wood")).toEqual(["given c1: 1"]);
  expect(find(call({ name: "mcp_zoo_feed", arguments: { animal: "wolf", food: { kind: "lamb" } } }), "lamb")).toEqual(["given c1: 1"]);
  const output = call({ name: "exec", arguments: { command: "howl" }, result: "a \u001b[31mwo\u001b[0mlf\nand a wolf", error: "a lamb" });
  expect([find(output, "wolf"), find(output, "lamb"), find(output, "wolf and")]).toEqual([["result c1: 2"], ["error c1: 1"], ["result c1: 1"]]);
  expect(find(call({ name: "exec", arguments: { command: "howl" }, result: "a wolf", error: "a wolf" }), "wolf")).toEqual(["error c1: 1"]);
  const outputs = [{ call_id: "c1", channel: 2, text: "wolf, wolf", skipped: 0 }, { call_id: "c0", channel: 1, text: "wolf", skipped: 0 }, { call_id: "c1", channel: 1, text: "a wolf", skipped: 9 }];
  expect(find({ ...call({ name: "exec", phase: "start", arguments: { command: "howl" } }), outputs }, "wolf")).toEqual(["out1 c1: 1", "out2 c1: 2"]);
  const diff = { format: "unified", context: 3, text: "--- wolf\n+++ wolf\n@@ -1,2 +1,2 @@ wolf\n the\n-old wolf\n+young wolf\n" };
  const edit = { kind: "trace", role: "tool", fileEdits: [{ call_id: "c1", tool: "edit_file", path: "zoo.txt", phase: "end", added: 1, deleted: 1, status: "done", diff }] };
  expect([find(edit, "wolf"), find(edit, "-old"), find(edit, "the old")]).toEqual([["diff c1 zoo.txt: 2"], ["diff c1 zoo.txt: 1"], []]);
});

test("attachments are found by their names", () => {
  const media = [{ kind: "image", url: "/api/media/a", name: "wolf.png" }, { kind: "file", url: "/api/media/b", name: "notes.md" }, { kind: "image" }];
  expect(find({ role: "user", content: "A wolf", media }, "wolf")).toEqual(["media 0: 1", "text: 1"]);
  expect(find({ content: "A wolf", media }, "notes.md")).toEqual(["media 1: 1"]);
});

test("a very long answer is found by its stretches, and its texts are read once", () => {
  const long = message({ content: Array.from({ length: 120 }, (_, at) => `Paragraph ${at} with a word.`).join("\n\n") });
  expect(foundIn(long, patternOf("paragraph 100", false) as RegExp)?.parts).toEqual([{ part: "text 4", count: 1 }]);
  expect(textsOf(long)).toBe(textsOf(long));
  const bigger = message({ kind: "trace", toolEvents: [{ call_id: "c1", name: "exec", phase: "end", result: "x".repeat(30_000) }] });
  expect(textsOf(bigger)).not.toBe(textsOf(bigger));
});

const rows: RowHits[] = [
  { id: "a", parts: [{ part: "text", count: 2 }], count: 2 },
  { id: "b", parts: [{ part: "text", count: 1 }], count: 1 },
];

test("steps go through the rows and round at both ends; the count says where", () => {
  const walk = (step: 1 | -1) => {
    let at = { id: "a", index: 0 };
    return [0, 1, 2].map(() => {
      at = stepped(rows, at, step) ?? at;
      return `${at.id}${at.index} ${ordinal(rows, at)}`;
    });
  };
  expect(walk(1)).toEqual(["a1 2", "b0 3", "a0 1"]);
  expect(walk(-1)).toEqual(["b0 3", "a1 2", "a0 1"]);
  expect([stepped([], null, 1), stepped(rows, null, -1), ordinal(rows, null)]).toEqual([null, { id: "b", index: 0 }, 0]);
});

test("typing on keeps the place: the same hit when it still is one, else the next in the row", () => {
  const one = message({ role: "user", content: "for, foo, fog, four" });
  const [fo, foo, fou, fort] = ["fo", "foo", "fou", "fort"].map((wanted) => patternOf(wanted, false) as RegExp) as [RegExp, RegExp, RegExp, RegExp];
  expect(sameOrAfter(one, fo, 1, foo)).toBe(0);
  expect(sameOrAfter(one, fo, 1, fou)).toBe(0);
  expect(sameOrAfter(one, fo, 1, fort)).toBe(-1);
  expect(sameOrAfter(one, foo, 0, fo)).toBe(1);
});
