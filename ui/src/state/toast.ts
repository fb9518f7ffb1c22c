// Short notes at the window's edge: what was done and can be undone, or what did not work.
import { signal } from "@preact/signals";
import { t, type Key } from "../i18n/text.ts";
import { later } from "./clock.ts";
import { words } from "./words.ts";

export type Toast = { readonly id: number; readonly text: string; readonly bad: boolean; readonly action?: { label: string; run: () => void } };
export const toasts = signal<readonly Toast[]>([]);

const SHOWN_MS = 8_000;
/** More would cover what the person works on; the oldest gives way. */
const MOST = 3;
let last = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function toast(text: string, action?: Toast["action"], bad = false): number {
  const id = (last += 1);
  toasts.value = [...toasts.value.slice(1 - MOST), { id, text, bad, ...(action === undefined ? {} : { action }) }];
  later(SHOWN_MS, () => dismiss(id));
  return id;
}

/** What went wrong, in the gateway's own words. */
export function toastError(key: Key, error: unknown): void {
  toast(t(key, { why: words(error) }), undefined, true);
}
