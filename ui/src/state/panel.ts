// What the side panel shows, and about which turn. Set from anywhere; the panel itself only reads it.
import { batch, signal } from "@preact/signals";

export type Panel = "changes";

/** Null while the panel is away. */
export const panelOpen = signal<Panel | null>(null);
/** The turn's ordinal that was asked for, counted from 1; null for all of the chat. */
export const panelTurn = signal<number | null>(null);

export function openPanel(panel: Panel, turn: number | null = null): void {
  batch(() => {
    panelOpen.value = panel;
    panelTurn.value = turn;
  });
}

export function closePanel(): void {
  panelOpen.value = null;
}
