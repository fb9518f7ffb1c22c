// The list of chats: the folded rows, and reading them again when the gateway says they changed.
import { signal } from "@preact/signals";
import { emptyList, reduceList, type ListEvent } from "../reduce/list.ts";
import { readSessions } from "../wire/api.ts";
import { later } from "./clock.ts";

export const list = signal(emptyList);
export const listPhase = signal<"loading" | "ready" | "error">("loading");

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
