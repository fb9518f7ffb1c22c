// What a person overwrote by insisting and the gateway keeps: where it stands in the list of changes. It is told with the list, so it is
// there after a reload too. Plain data, no page.
import type { Overwritten, TurnChanges } from "../wire/types.gen.ts";
import type { Left } from "./changes.ts";

type Offers = Pick<TurnChanges, "turn" | "overwritten"> & { readonly files: readonly Pick<TurnChanges["files"][number], "path">[] };

/** One file stands at that file, more of them at their turn; what a note offers already is not offered twice. */
export function keptAt(turn: Offers, path: string | undefined, notes: Iterable<Pick<Left, "target" | "step">>): readonly Overwritten[] {
  const steps = turn.overwritten ?? [];
  if (steps.length === 0) return [];
  const told = new Set([...notes].filter((note) => note.target.turn === turn.turn).map((note) => note.step));
  return steps.filter((one) => !told.has(one.step) && placeOf(turn, one) === path);
}

function placeOf(turn: Offers, { files }: Overwritten): string | undefined {
  const only = files.length === 1 ? files[0] : undefined;
  return turn.files.some((file) => file.path === only) ? only : undefined;
}
