// Who else wants to hear what happens in the chats, after it was folded: parts of the page that are read later than the page itself.
import type { ChatEvent } from "../wire/types.ts";

export const heard = new Set<(event: ChatEvent) => void>();

export function tellHeard(events: readonly ChatEvent[]): void {
  for (const event of events) for (const hear of heard) hear(event);
}
