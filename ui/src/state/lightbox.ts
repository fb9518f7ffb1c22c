// The pictures shown large, and which of them.
import { signal } from "@preact/signals";
import type { MediaItem } from "../wire/types.ts";

export const lightbox = signal<{ items: readonly MediaItem[]; at: number } | null>(null);

/** The picture `by` further on, round and round. */
export function showNext(by: 1 | -1): void {
  const now = lightbox.value;
  if (now === null) return;
  lightbox.value = { ...now, at: (now.at + by + now.items.length) % now.items.length };
}
