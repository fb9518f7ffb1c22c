// What can be done with a changed file or a turn as it stands. Plain data, no page.
import type { ChangedFile, ChangeRefused, HunkStanding } from "../wire/types.gen.ts";

export type Way = "revert" | "redo";
export type Ways = { readonly revert: boolean; readonly redo: boolean };
type Held = { readonly files: readonly Stands[]; readonly more?: number };
type Stands = Pick<ChangedFile, "standing" | "too_big" | "hunk_standings">;

/** Whether nothing but some of its hunks was taken back. */
export const isPartly = (file: Stands): boolean => file.standing === "applied" && file.hunk_standings?.includes("reverted") === true;

/** What something else changed since may be tried both ways; the gateway says when it would overwrite. */
export function waysOf(file: Stands): Ways {
  if (file.too_big) return { revert: false, redo: false };
  return { revert: file.standing !== "reverted", redo: file.standing !== "applied" || isPartly(file) };
}

/** What was never kept stays as it is; the others are turned without it. */
export function waysOfTurn(turn: Held): Ways {
  // Of a turn whose files are not read yet nothing is known but that there are some.
  if (turn.files.length === 0) return { revert: (turn.more ?? 0) > 0, redo: (turn.more ?? 0) > 0 };
  const kept = turn.files.filter((file) => !file.too_big);
  return { revert: kept.some((file) => file.standing !== "reverted"), redo: kept.some((file) => file.standing === "reverted" || isPartly(file)) };
}

/** How a hunk stands: as it is told for itself, else as its file does. */
export function hunkStanding(file: Stands, at: number): HunkStanding {
  return file.hunk_standings?.[at] ?? (file.standing === "reverted" ? "reverted" : "applied");
}

export function waysOfHunk(file: Stands, at: number): Ways {
  const standing = hunkStanding(file, at);
  return { revert: standing === "applied", redo: standing === "reverted" };
}

/** The newest turn with something left to take back. */
export const lastTurn = <T extends Held>(turns: readonly T[]): T | undefined => turns.find((turn) => waysOfTurn(turn).revert);

type Named = Stands & Pick<ChangedFile, "path">;

/** What may be done over what stands there now, as the gateway tells; a turn is forced where nothing else of it stands in the way. */
export const forcible = (refused: readonly ChangeRefused[]): readonly ChangeRefused[] => refused.filter((one) => one.can_insist);

/** The files of a turn that nothing stands in the way of, and that are not so already. */
export function restOf(files: readonly Named[], refused: readonly ChangeRefused[], way: Way): readonly string[] {
  const not = new Set(refused.map((one) => one.path));
  return files.filter((file) => !not.has(file.path) && waysOf(file)[way]).map((file) => file.path);
}
