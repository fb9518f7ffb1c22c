// Files that were taken back one after the other, as one line: the last of them stands for all. Pure.
import type { Changes } from "../wire/types.gen.ts";
import type { Message } from "../wire/types.ts";

type Row = Pick<Message, "id" | "changes">;

const isOfFiles = (one: Changes) => one.extent === undefined || one.extent === "file";
const goesOn = (one: Changes, next: Changes | undefined): next is Changes =>
  next !== undefined && next.action === one.action && next.turn === one.turn && next.extent === one.extent && isOfFiles(one);

/** What the row tells, with what the rows right before it would; null where the row right after it tells it. */
export function backOf(rows: readonly Row[], id: string): Changes | null {
  const at = rows.findLastIndex((row) => row.id === id);
  const own = rows[at]?.changes;
  if (own === undefined || goesOn(own, rows[at + 1]?.changes)) return null;
  const paths = new Set<string>();
  let first = at;
  while (goesOn(own, rows[first - 1]?.changes)) first -= 1;
  for (const row of rows.slice(first, at + 1)) for (const path of row.changes?.paths ?? []) paths.add(path);
  return { ...own, paths: [...paths] };
}
