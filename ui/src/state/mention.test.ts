// Which word names a file, and the text once one is taken for it; `|` is the caret.
import { expect, test } from "vitest";
import { mentionAt, named } from "./mention.ts";

const parted = (marked: string) => ({ text: marked.replace("|", ""), caret: marked.indexOf("|") });
const word = (marked: string) => {
  const { text, caret } = parted(marked);
  const found = mentionAt(text, caret);
  return found === null ? null : `${found.query} in ${text.slice(found.from, found.to)}`;
};

test.each([
  ["@|", " in @"],
  ["look at @src|", "src in @src"],
  ["look at @src/ma| and go on", "src/ma in @src/ma"],
  ["look at @sr|c/main.rs, please", "sr in @src/main.rs"],
  ["one\n@two|", "two in @two"],
  ["(@a|)", "a in @a"],
  ["@types/@no|", "types/@no in @types/@no"],
  ["@größe|", "größe in @größe"],
  ['@"a b|', 'a b in @"a b'],
  ['@"a b/|" and', 'a b/ in @"a b/"'],
  ['@"a" and @b|', "b in @b"],
  ['say "@a|"', null],
  ["me@example.org|", null],
  ["a@|", null],
  ["@a |", null],
  ["@a| @b", "a in @a"],
  ['@"a b"|', null],
  ['@"a\nb|', null],
  ["|@a", null],
  [`@${"x".repeat(401)}|`, null],
])("%s: %s", (marked, expected) => {
  expect(word(marked)).toBe(expected);
});

const file = (path: string) => ({ path, folder: false });
const folder = (path: string) => ({ path, folder: true });

test.each([
  ["@ma|", file("src/main.rs"), "@src/main.rs |"],
  ["see @ma| now", file("src/main.rs"), "see @src/main.rs |now"],
  ["see @ma|\nnow", file("a.rs"), "see @a.rs |\nnow"],
  ["(@ma|)", file("a.rs"), "(@a.rs|)"],
  ["see @m|ain.rs now", file("a.rs"), "see @a.rs |now"],
  ["@no|", file("my notes.md"), '@"my notes.md" |'],
  ['@"my no|', file("my notes.md"), '@"my notes.md" |'],
  ["@q|", file('a "b".md'), '@"a \\"b\\".md" |'],
  ["@s|", folder("src"), "@src/|"],
  ["@m|", folder("my dir"), '@"my dir/|"'],
  ['@"my dir/|"', file("my dir/a.rs"), '@"my dir/a.rs" |'],
  ['@"my dir/|"', folder("my dir/in"), '@"my dir/in/|"'],
])("%s takes %o", (marked, taken, expected) => {
  const { text, caret } = parted(marked);
  const found = mentionAt(text, caret);
  const after = found === null ? null : named(text, found, taken);
  expect(after && `${after.text.slice(0, after.caret)}|${after.text.slice(after.caret)}`).toBe(expected);
});
