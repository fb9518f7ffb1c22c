// A passage the next message asks about, for each chat. It goes to the model beside the message.
import { computed, signal } from "@preact/signals";
import { focusAsked } from "./compose.ts";
import { current } from "./route.ts";

/** The gateway takes no longer ones. */
const MOST = 4_000;
const all = signal<ReadonlyMap<string, string>>(new Map());
const slot = () => current.value ?? "new";

export const quote = computed(() => all.value.get(slot()) ?? "");

export function setQuote(text: string, focus = true): void {
  const next = new Map(all.value);
  const cut = text.trim().slice(0, MOST);
  if (cut === "") next.delete(slot());
  else next.set(slot(), cut);
  all.value = next;
  if (focus) focusAsked.value += 1;
}
