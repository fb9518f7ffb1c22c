// How the changes of a turn stand, as the conversation tells: made, taken back, done again. Plain data.
import type { Message } from "../wire/types.ts";

export type Standing = "made" | "partly" | "undone";

/** Whether nothing but folders was changed: the gateway names them only then, each with `/` at its end. */
export const areFolders = (paths: readonly string[]): boolean => paths.length > 0 && paths.every((path) => path.endsWith("/"));

/** From everything told of the turn, the oldest first; what was never kept does not count, as far as that is known. */
export function standingOf(rows: readonly Pick<Message, "changes">[], turn: number, unkept: ReadonlySet<string> = new Set()): Standing {
  const made = new Set<string>();
  const back = new Set<string>();
  // Of very many files only the first are named: the others went with whatever named as few of them.
  let unnamed = false;
  let unnamedBack = false;
  const partly = new Set<string>();
  for (const { changes } of rows) {
    if (changes === undefined || changes.turn !== turn) continue;
    if ((changes.more ?? 0) > 0) {
      unnamed = true;
      unnamedBack = changes.action === "reverted";
    }
    for (const path of changes.paths) {
      if (changes.action === "made") made.add(path);
      back.delete(path);
      partly.delete(path);
      if (changes.partly === true) partly.add(path);
      else if (changes.action === "reverted") back.add(path);
    }
  }
  if (partly.size > 0) return "partly";
  if (back.size === 0) return "made";
  return (!unnamed || unnamedBack) && [...made].every((path) => back.has(path) || unkept.has(path)) ? "undone" : "partly";
}
