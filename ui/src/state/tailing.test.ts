// How much of an output stands before what was given of it.
import { expect, test } from "vitest";
import { skippedOf } from "./tailing.ts";

test.each([
  ["all\n", 4, 0],
  ["the end\n", 108, 100],
  // What the gateway says it left out is not before the text.
  ["head\n… 1,002 bytes left out …\ntail\n", 1_012, 0],
  ["head\n… 1,002 bytes left out …\ntail\n", 1_512, 500],
])("%j of %d bytes: %d before it", (text, bytes, skipped) => expect(skippedOf(text, bytes)).toBe(skipped));
