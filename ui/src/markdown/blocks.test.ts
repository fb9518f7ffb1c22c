// The incremental parse gives what a whole parse gives, and its cost stays near linear.
import { expect, test } from "vitest";
import { GrowingText, parseWhole, type Block } from "./blocks.ts";
import { sample } from "./sample.ts";

const shape = (blocks: readonly Block[]) => blocks.flatMap((block) => block.tokens.map((t) => `${t.type}|${t.content}|${t.info}`));

test.each([1, 3, 7, 40])("fed %i characters at a time it ends as if parsed whole", (step) => {
  const text = sample(4);
  const growing = new GrowingText();
  for (let at = step; at < text.length; at += step) growing.update(text.slice(0, at), false);
  expect(shape(growing.update(text, true))).toEqual(shape(parseWhole(text)));
});

test("a list that goes on after half a marker stays one list", () => {
  const text = "1. one\n\n2. two\n\n3. three\n";
  const growing = new GrowingText();
  for (let at = 1; at <= text.length; at += 1) growing.update(text.slice(0, at), false);
  expect(growing.update(text, true)).toHaveLength(1);
});

test("closed blocks keep their identity while the tail grows", () => {
  const growing = new GrowingText();
  const before = growing.update("# a\n\npara\n\nsecond line\n", false);
  const after = growing.update("# a\n\npara\n\nsecond line\nmore", false);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).toBe(before[1]);
});

test("another text starts over", () => {
  const growing = new GrowingText();
  growing.update("# one\n\ntwo", true);
  expect(shape(growing.update("plain", true))).toEqual(shape(parseWhole("plain")));
});

test("raw HTML stays text", () => {
  const tokens = parseWhole("<img src=x onerror=alert(1)>\n\nhi <b>there</b>").flatMap((b) => b.tokens);
  const flat = tokens.flatMap((t) => [t, ...(t.children ?? [])]);
  expect(flat.some((t) => t.type.startsWith("html"))).toBe(false);
});

test("only the tail of a long streamed answer is parsed again", () => {
  const characters = (length: number) => {
    const text = sample(60).slice(0, length);
    const growing = new GrowingText();
    let parsed = 0;
    for (let at = 5; at < text.length; at += 5) {
      const before = growing["settled"];
      growing.update(text.slice(0, at), false);
      parsed += at - before;
    }
    return parsed;
  };
  expect(characters(20_000) / characters(5_000)).toBeLessThan(8);
});
