// What stands in the composer, and putting text into it from elsewhere. The element itself belongs to the composer's component.
import { signal } from "@preact/signals";
import { keepDraft, readDraft } from "./drafts.ts";
import { current } from "./route.ts";

export const text = signal("");
/** Grows when the composer should take the focus. */
export const focusAsked = signal(0);
/** The preset chosen for a chat that does not exist yet. */
export const nextPreset = signal<string | null>(null);

export function setText(value: string): void {
  text.value = value;
  keepDraft(current.value, value);
}

export function loadDraft(): void {
  text.value = readDraft(current.value);
}

export function fillComposer(value: string): void {
  setText(value);
  focusAsked.value += 1;
}

/** A refused prompt goes back into the composer, above what is already there. */
export function editAgain(chatId: string, value: string): void {
  if (chatId !== current.value) return;
  fillComposer(text.value ? `${value}\n${text.value}` : value);
}

const encoder = new TextEncoder();
export function bytes(value: string): number {
  return encoder.encode(value).length;
}
