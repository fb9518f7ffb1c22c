// The one line that is shown of a command that runs.
import { expect, test } from "vitest";
import { newestLine } from "./newest.ts";

const output = (channel: number, text: string, call_id = "c") => ({ call_id, channel, path: "log://turn_1/sh/x", text, skipped: 0 });

test.each([
  [[output(1, "one\ntwo\n")], "two"],
  [[output(1, "one\n\n  \n")], "one"],
  [[output(1, "10 %\r20 %\r")], "20 %"],
  [[output(1, "\u001b[32mgreen\u001b[0m\n")], "green"],
  [[output(2, "warned\n"), output(1, "said\n")], "said"],
  [[output(2, "warned\n")], "warned"],
  [[output(1, "of another\n", "d")], ""],
  [[], ""],
])("%j: %j", (outputs, line) => expect(newestLine(outputs, "c")).toBe(line));
