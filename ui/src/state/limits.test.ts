// What may be attached: kinds by type and ending, and every reason to refuse.
import { expect, test } from "vitest";
import { DEFAULT_LIMITS, refusal, typeOf, type Counted } from "./limits.ts";

const MIB = 1024 * 1024;
const file = (name: string, type = "", size = 10) => ({ name, type, size });
const images = (n: number): Counted[] => Array.from({ length: n }, () => ({ kind: "image", bytes: 10 }));

test.each([
  ["a.png", "image/png", "image", "image/png"],
  ["a.PNG", "", "image", "image/png"],
  ["a.mov", "video/quicktime", "video", "video/quicktime"],
  ["a.pdf", "application/pdf", "document", "application/pdf"],
  ["a.toml", "", "document", "application/toml"],
  ["a.rs", "", "document", "text/plain"],
  ["a.ts", "video/mp2t", "document", "text/plain"],
  ["Makefile", "", "document", "text/plain"],
  ["a.csv", "application/vnd.ms-excel", "document", "text/csv"],
  ["a.txt", "text/plain;charset=utf-8", "document", "text/plain"],
])("%s of type %j is a %s", (name, type, kind, mime) => {
  expect(typeOf({ name, type })).toEqual({ kind, mime });
});

test.each([
  ["a picture as drawing", file("a.svg", "image/svg+xml"), [], "type"],
  ["a program", file("a.exe", "application/x-msdownload"), [], "type"],
  ["no name and no type", file("blob"), [], "type"],
  ["an empty file", file("a.txt", "text/plain", 0), [], "empty"],
  ["a large document", file("a.pdf", "application/pdf", 6 * MIB + 1), [], "size"],
  ["a document at the limit", file("a.pdf", "application/pdf", 6 * MIB), [], null],
  ["a large picture, which is made smaller", file("a.jpg", "image/jpeg", 20 * MIB), [], null],
  ["a large moving picture", file("a.gif", "image/gif", 7 * MIB), [], "size"],
  ["a long video", file("a.mp4", "video/mp4", 21 * MIB), [], "size"],
  ["a fifth picture", file("a.png", "image/png"), images(4), "images"],
  ["a document after four pictures", file("a.pdf", "application/pdf"), images(4), "count"],
  ["a video after four pictures", file("a.mp4", "video/mp4"), images(4), null],
  ["a second video", file("b.mp4", "video/mp4"), [{ kind: "video", bytes: 10 }], "videos"],
  ["more than all together", file("a.pdf", "application/pdf", 6 * MIB), [1, 2, 3].map(() => ({ kind: "document", bytes: 7 * MIB })), "total"],
] as const)("%s", (_, one, there, why) => {
  expect(refusal(one, there as Counted[], DEFAULT_LIMITS)).toBe(why);
});
