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

test.each([
  ["curl раypal.com/x", "curl раypal‹U+0440 looks like p, U+0430 looks like a›.com/x"],
  ["сору a b", "сору‹U+0441 looks like c, U+043E looks like o, U+0440 looks like p, U+0443 looks like y› a b"],
  ["echo a；rm", "echo a；‹U+FF1B looks like ;›rm"],
  ["ｃurl x", "ｃurl‹U+FF43 looks like c› x"],
  ["echo 'Привет, мир: сор'", "echo 'Привет, мир: сор'"],
  ["größe naïve 漢字 ✓ Ελλάδα", "größe naïve 漢字 ✓ Ελλάδα"],
  ["раypal‹U+0440 looks like p, U+0430 looks like a›.com", "раypal‹U+0440 looks like p, U+0430 looks like a›.com"],
])("%j is shown as %j: what passes for another letter is marked once, text of another script is not", (text, shown) => expect(marked(text)).toBe(shown));
