// The side panel as this window keeps it: whether it was there, how wide it is, and when it takes the focus.
import { effect, signal } from "@preact/signals";
import { closePanel, openPanel, panelOpen } from "./panel.ts";

const OPEN = "alcove.panel";
const WIDTH = "alcove.panel-width";
export const LEAST = 320;
export const MOST = 900;
const USUAL = 430;

/** Beneath this width the panel lies over the conversation. */
const NARROW = "(max-width: 1079px)";
export const isNarrow = (): boolean => window.matchMedia(NARROW).matches;

function kept(name: string): string | null {
  try {
    return window.localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    window.localStorage.setItem(name, value);
  } catch {
    // Storage is full or forbidden: the next window begins as usual.
  }
}

const held = (width: number) => Math.round(Math.min(MOST, Math.max(LEAST, width)));
const first = Number(kept(WIDTH));
export const panelWidth = signal(Number.isFinite(first) && first > 0 ? held(first) : USUAL);

export function setPanelWidth(width: number | null): void {
  panelWidth.value = width === null ? USUAL : held(width);
  keep(WIDTH, String(panelWidth.value));
}

/** Counts the times the panel was opened to be used with the keys. */
export const panelFocus = signal(0);
let before: Element | null = null;

/** Opens the panel with the focus in it, or closes it and gives the focus back. */
export function togglePanel(by: "keys" | "pointer"): void {
  if (panelOpen.value !== null) return leavePanel();
  before = document.activeElement;
  openPanel("changes");
  if (by === "keys" || isNarrow()) panelFocus.value += 1;
}

export function leavePanel(): void {
  const inside = document.activeElement?.closest("#side-panel") != null;
  closePanel();
  if (inside && before instanceof HTMLElement && before.isConnected) before.focus();
  else if (inside) document.getElementById("composer")?.focus();
}

/** A panel that would cover the conversation does not come back by itself. */
export function keepPanel(): void {
  if (kept(OPEN) === "changes" && !isNarrow()) openPanel("changes");
  effect(() => keep(OPEN, panelOpen.value ?? ""));
}
