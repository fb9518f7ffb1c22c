// The newest line of what a command has put out so far, for where there is room for one line only. Pure.
import type { Message } from "../wire/types.ts";
import { bare } from "./ansi.ts";

type Output = NonNullable<Message["outputs"]>[number];

/** Longer than what a line shows. */
const MOST = 400;

/** Which channel spoke last is not told: standard output goes before errors. */
export function newestLine(outputs: readonly Output[] | undefined, call: string): string {
  const own = (outputs ?? []).filter((one) => one.call_id === call).sort((a, b) => a.channel - b.channel);
  for (const { text } of own) {
    const lines = bare(text.slice(-MOST)).split(/[\r\n]+/);
    const last = lines.findLast((line) => line.trim() !== "");
    if (last !== undefined) return last.trim();
  }
  return "";
}
