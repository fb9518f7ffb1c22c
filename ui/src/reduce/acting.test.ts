// What is kept of a long output; the gateway cuts at the same places.
import { expect, test } from "vitest";
import { OUTPUT_MOST, tail } from "./acting.ts";

test.each([
  ["", 0],
  ["x".repeat(OUTPUT_MOST), 0],
  ["x".repeat(OUTPUT_MOST + 3), 3],
  [`xx${"x\n".repeat(OUTPUT_MOST / 2)}`, 4],
  ["seven..\n".repeat(OUTPUT_MOST / 8 + 2), 16],
  [`a\n${"x".repeat(OUTPUT_MOST + 5)}\n`, 8],
  [`é${"é".repeat(OUTPUT_MOST / 2)}`, 2],
  [`x${"é".repeat(OUTPUT_MOST / 2)}`, 1],
  [`${"é".repeat(OUTPUT_MOST / 2)}x`, 2],
])("whole lines are kept where there are any (%#)", (text, skipped) => {
  const kept = tail(text);
  expect(kept.skipped).toBe(skipped);
  expect(new TextEncoder().encode(kept.text).length + skipped).toBe(new TextEncoder().encode(text).length);
});
