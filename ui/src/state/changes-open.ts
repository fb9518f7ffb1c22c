// What is unfolded in the list of changes, how much of it is drawn, and which of its rows the keys are at.
import { signal } from "@preact/signals";
import type { TurnChanges } from "../wire/types.gen.ts";

/** A turn with more files than this begins folded, unless it is the newest. */
const FOLDS_ABOVE = 20;
/** So many files of a turn are drawn until somebody asks for more. */
export const FILES_FIRST = 200;
export const FILES_MORE = 500;
export const TURNS_FIRST = 40;

/** What a person folded or unfolded, by the key of its row. */
const chosen = signal<ReadonlyMap<string, boolean>>(new Map());
export const filesShown = signal<ReadonlyMap<number, number>>(new Map());
export const turnsShown = signal(TURNS_FIRST);
/** The row the keys are at; null: the first. */
export const activeRow = signal<string | null>(null);

export function setUnfolded(key: string, open: boolean): void {
  chosen.value = new Map(chosen.value).set(key, open);
}

/** Files begin folded: their diffs are drawn when they are asked for. */
export const fileOpen = (key: string): boolean => chosen.value.get(key) ?? false;
export const turnOpen = (key: string, turn: TurnChanges, newest: boolean): boolean => chosen.value.get(key) ?? (newest || (turn.more === undefined && turn.files.length <= FOLDS_ABOVE));

export function showMoreFiles(turn: number): void {
  filesShown.value = new Map(filesShown.value).set(turn, (filesShown.value.get(turn) ?? FILES_FIRST) + FILES_MORE);
}

export function forgetOpen(): void {
  chosen.value = new Map();
  filesShown.value = new Map();
  turnsShown.value = TURNS_FIRST;
  activeRow.value = null;
}
