// Asking for the person's prompt before or after what is in sight; the conversation in front goes there.
import { signal } from "@preact/signals";
import { current } from "./route.ts";

/** Each asking is another object. */
export const promptAsked = signal<{ readonly step: 1 | -1 } | null>(null);

/** False where there is no conversation. */
export function askPrompt(step: 1 | -1): boolean {
  if (current.peek() === null) return false;
  promptAsked.value = { step };
  return true;
}
