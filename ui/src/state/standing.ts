// How the changes of a turn stand, as the conversation tells: made, taken back, done again. Plain data.
import type { Message } from "../wire/types.ts";

export type Standing = "made" | "partly" | "undone";

/** From everything told of the turn, the oldest first. */
export function standingOf(rows: readonly Pick<Message, "changes">[], turn: number): Standing {
  const made = new Set<string>();
  const back = new Set<string>();
  for (const { changes } of rows) {
    if (changes === undefined || changes.turn !== turn) continue;
    for (const path of changes.paths) {
      if (changes.action === "made") made.add(path);
      if (changes.action === "reverted") back.add(path);
      else back.delete(path);
    }
  }
  if (back.size === 0) return "made";
  return [...made].every((path) => back.has(path)) ? "undone" : "partly";
}
