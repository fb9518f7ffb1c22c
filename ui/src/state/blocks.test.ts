// Blocks of a growing output: whole at every step, and only the end is made anew.
import { expect, test } from "vitest";
import { tail } from "../reduce/acting.ts";
import { advance, NO_BLOCKS, type Blocks } from "./blocks.ts";

const whole = (blocks: Blocks) => blocks.list.map((one) => one.text).join("");

test("what is added changes the last block only", () => {
  const first = advance(NO_BLOCKS, "line of text\n".repeat(2_000), 0);
  const second = advance(first, `${first.text}more\n`, 0);
  expect(whole(second)).toBe(second.text);
  expect(second.list.slice(0, first.list.length - 1)).toEqual(first.list.slice(0, -1));
  for (let at = 0; at < first.list.length - 1; at += 1) expect(second.list[at]).toBe(first.list[at]);
});

test("a bounded tail gives up blocks at its beginning and keeps the others", () => {
  let kept = { text: "", skipped: 0 };
  let blocks = NO_BLOCKS;
  let made = 0;
  for (let n = 0; n < 3_000; n += 1) {
    const more = tail(`${kept.text}é line ${n} of a command that says a lot ✓\n`);
    kept = { text: more.text, skipped: kept.skipped + more.skipped };
    const next = advance(blocks, kept.text, kept.skipped);
    made += next.list.filter((one) => !blocks.list.includes(one)).length;
    expect(whole(next)).toBe(kept.text);
    blocks = next;
  }
  expect(kept.skipped).toBeGreaterThan(50_000);
  // The first and the last block, and a new one now and then.
  expect(made / 3_000).toBeLessThan(2.2);
});

test("after a gap it begins anew, with other keys", () => {
  const first = advance(NO_BLOCKS, "a\nb\n", 0);
  const second = advance(first, "z\n", 70_004);
  expect(whole(second)).toBe("z\n");
  expect(second.list[0]?.key).not.toBe(first.list[0]?.key);
});

test("colours go on from block to block; a line without end is parted", () => {
  const blocks = advance(NO_BLOCKS, `\u001b[31m${"x\n".repeat(4_000)}`, 0);
  expect(blocks.list.length).toBe(2);
  expect(blocks.list[1]?.pieces[0]?.classes).toBe("ansi-red");
  const long = advance(NO_BLOCKS, "y".repeat(100_000), 0);
  expect(long.list.every((one) => one.text.length <= 40_000)).toBe(true);
  expect(whole(long)).toBe(long.text);
});
