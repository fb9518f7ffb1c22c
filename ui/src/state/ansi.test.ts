// Terminal text: colours kept, everything else of an escape sequence left out.
import { expect, test } from "vitest";
import { ansi, bare } from "./ansi.ts";

const shape = (text: string) => ansi(text).pieces.map((piece) => [piece.classes, piece.text]);

test.each([
  ["plain", [["", "plain"]]],
  ["\u001b[31mred\u001b[0m on", [["ansi-red", "red"], ["", " on"]]],
  ["\u001b[1;92mok\u001b[22m.", [["ansi-green ansi-bold", "ok"], ["ansi-green", "."]]],
  ["\u001b[38;5;3my\u001b[38;2;1;2;3mz", [["ansi-yellow", "y"], ["", "z"]]],
  ["\u001b[48;5;200;34mblue", [["ansi-blue", "blue"]]],
  ["\u001b[m\u001b[Ka\u001b[2Jb\u001b[10;4Hc", [["", "abc"]]],
] as const)("%j", (text, expected) => expect(shape(text)).toEqual(expected));

test.each([
  ["a\r\nb\r\n", "a\nb\n"],
  ["10 %\r50 %\rdone\nnext", "done\nnext"],
  ["50 %\r", "50 %"],
  ["\u001b]0;title\u0007text", "text"],
  ["\u001b]8;;http://evil.example/\u001b\\link\u001b]8;;\u001b\\", "link"],
  ["\u001bPq#0;2;0\u001b\\x", "x"],
  ["bell\u0007 back\u0008space \u009b31mx", "bell backspace x"],
  ["\u001b(Bx\u001b", "x"],
  ["a\tb", "a\tb"],
])("%j reads %j", (text, expected) => expect(bare(text)).toBe(expected));

test("the pen goes on into the next text", () => {
  const { pen } = ansi("\u001b[31;1mred");
  expect(ansi("still", pen).pieces).toEqual([{ text: "still", classes: "ansi-red ansi-bold" }]);
});
