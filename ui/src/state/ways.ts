// What can be done with a changed file or a turn as it stands. Plain data, no page.
import type { ChangedFile } from "../wire/types.gen.ts";

export type Ways = { readonly revert: boolean; readonly redo: boolean };
type Stands = Pick<ChangedFile, "standing" | "too_big">;

/** What something else changed since may be tried both ways; the gateway says when it would overwrite. */
export function waysOf(file: Stands): Ways {
  if (file.too_big) return { revert: false, redo: false };
  return { revert: file.standing !== "reverted", redo: file.standing !== "applied" };
}

export function waysOfTurn(files: readonly Stands[]): Ways {
  const kept = files.filter((file) => !file.too_big);
  return { revert: kept.some((file) => file.standing !== "reverted"), redo: kept.some((file) => file.standing === "reverted") };
}

/** The newest turn with something left to take back. */
export const lastTurn = <T extends { readonly files: readonly Stands[] }>(turns: readonly T[]): T | undefined => turns.find((turn) => waysOfTurn(turn.files).revert);
