// The one menu that may be open: where it stands and what it offers.
import { signal } from "@preact/signals";
import type { IconName } from "../view/icon.tsx";

export type MenuItem =
  | { label: string; icon?: IconName; keys?: string; danger?: boolean; checked?: boolean; disabled?: boolean; run: () => void }
  | "line";
export type Menu = { label: string; x: number; y: number; items: readonly MenuItem[]; /** Where the focus goes back to. */ from: Element | null };
export const menu = signal<Menu | null>(null);

export function openMenu(label: string, at: { x: number; y: number }, items: readonly MenuItem[]): void {
  menu.value = { label, ...at, items, from: document.activeElement };
}

/** Below the button that was pressed. */
export function openMenuAt(label: string, button: Element, items: readonly MenuItem[]): void {
  const box = button.getBoundingClientRect();
  openMenu(label, { x: box.left, y: box.bottom + 4 }, items);
}
