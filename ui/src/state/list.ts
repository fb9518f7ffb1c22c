// The side bar's signals: the folded list, the filter, and re-reading the list when the gateway says it changed.
import { computed, signal } from "@preact/signals";
import { emptyList, lines, reduceList, type ListEvent } from "../reduce/list.ts";
import { readSessions } from "../wire/api.ts";
import { later } from "./clock.ts";

export const list = signal(emptyList);
export const listPhase = signal<"loading" | "ready" | "error">("loading");
export const filter = signal("");
const rows = computed(() => list.value.rows);
export const shown = computed(() => lines(rows.value, filter.value));

export function foldList(event: ListEvent): void {
  list.value = reduceList(list.value, event);
}

/** Many changes at once read the list once. */
const GATHER_MS = 120;
let reading = false;
let again = false;
let planned = false;

export function refreshSoon(): void {
  if (planned) return;
  planned = true;
  later(GATHER_MS, () => {
    planned = false;
    void refresh();
  });
}

export async function refresh(): Promise<void> {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    foldList({ event: "list.rows", rows: await readSessions() });
    listPhase.value = "ready";
  } catch {
    if (listPhase.value !== "ready") listPhase.value = "error";
  }
  reading = false;
  if (again) {
    again = false;
    void refresh();
  }
}
