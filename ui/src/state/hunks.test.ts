// Diffs as they come, and their hunks: kinds, numbers, what is left out.
import { expect, test } from "vitest";
import { hunksOf } from "./hunks.ts";

const picture = (diff: string) => hunksOf(diff).map((hunk) => [`${hunk.from}-${hunk.to}${hunk.within === "" ? "" : ` ${hunk.within}`}`, ...hunk.lines.map((line) => `${line.old ?? ""}/${line.now ?? ""} ${line.kind} ${line.text}`)]);

test.each([
  ["nothing", "", []],
  ["only headers", "--- a\n+++ b\n", []],
  ["one change", "--- a\n+++ b\n@@ -1,3 +1,3 @@ fn main()\n a\n-b\n+c\n d\n", [["1-3 fn main()", "1/1 same a", "2/ removed b", "/2 added c", "3/3 same d"]]],
  ["a new file", "--- /dev/null\n+++ b\n@@ -0,0 +1,2 @@\n+a\n+b\n", [["1-2", "/1 added a", "/2 added b"]]],
  ["a removed file", "--- a\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", [["0-0", "1/ removed a"]]],
  ["lines that look like headers", "@@ -1,2 +1,2 @@\n--- a\n+++ b\n @@ -1 +1 @@\n", [["1-2", "1/ removed -- a", "/1 added ++ b", "2/2 same @@ -1 +1 @@"]]],
  ["no newline at the end", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n", [["1-1", "1/ removed a", "/ note No newline at end of file", "/1 added b", "/ note No newline at end of file"]]],
  ["two hunks", "@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n", [["1-1", "1/ removed a", "/1 added b"], ["9-9", "9/ removed c", "/9 added d"]]],
  ["cut short", "@@ -1,9 +1,9 @@\n a\n-b\n", [["1-1", "1/1 same a", "2/ removed b"]]],
  ["an empty line that lost its space", "@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n", [["1-3", "1/1 same a", "2/2 same ", "3/ removed b", "/3 added c"]]],
])("%s", (_, diff, expected) => {
  expect(picture(diff)).toEqual(expected);
});
