// Marks of what hides in a text.
import { expect, test } from "vitest";
import { hasMarks, marked, parts } from "./marks.ts";

const shape = (text: string) => parts(text).map((part) => (part.kind === "mark" ? [part.text] : part.text));

test.each([
  ["ls -la", ["ls -la"]],
  ["echo ‹U+202E RLO›txt", ["echo ", ["U+202E RLO"], "txt"]],
  ["раypal‹U+0440 looks like p, U+0430 looks like a›.com", ["раypal", ["U+0440 looks like p, U+0430 looks like a"], ".com"]],
  ["a‹40 blanks›b‹U+200B ZWSP›", ["a", ["40 blanks"], "b", ["U+200B ZWSP"]]],
  ["‹a quotation› stays", ["‹a quotation› stays"]],
  ["", []],
])("%j", (text, expected) => expect(shape(text)).toEqual(expected));

test("hidden characters of unmarked texts are marked, ordinary ones and line ends are not", () => {
  expect(marked("a\u202eb\u200bc\td\ne\r\nf\r")).toBe("a‹U+202E›b‹U+200B›c\td\ne\nf");
  expect(marked("x\ry")).toBe("x‹U+000D›y");
  expect([hasMarks(marked("é ✓ 漢字")), hasMarks(marked("\u2066x"))]).toEqual([false, true]);
});
