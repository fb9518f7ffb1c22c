// Temporary chats: written nowhere, ended with the connection. What is on screen stays until the person leaves it.
import { signal } from "@preact/signals";
import { send } from "../wire/socket.ts";
import { asks } from "./asking.ts";
import { knownChat } from "./chats.ts";
import { focusAsked } from "./compose.ts";
import { addressOf, current, go, passing } from "./route.ts";
import { toastError } from "./toast.ts";

export type Temporary = { readonly id: string; readonly title: string; /** The connection it lived with is gone. */ readonly over: boolean };
export const temporaries = signal<readonly Temporary[]>([]);

export const temporaryOf = (id: string | null): Temporary | undefined => temporaries.value.find((one) => one.id === id);

export async function newTemporary(): Promise<void> {
  try {
    const id = await asks.forChat({ type: "new_temporary_chat" });
    passing.add(id);
    temporaries.value = [...temporaries.value, { id, title: "", over: false }];
    go(id);
    focusAsked.value += 1;
  } catch (error) {
    toastError("temporary.failed", error);
  }
}

/** The first words name it in the side bar. */
export function nameTemporary(id: string, text: string): void {
  temporaries.value = temporaries.value.map((one) => (one.id === id && one.title === "" ? { ...one, title: text.split("\n", 1)[0]?.slice(0, 80) ?? "" } : one));
}

export function discardTemporary(id: string): void {
  const one = temporaryOf(id);
  if (one === undefined) return;
  if (!one.over) send({ type: "discard_temporary_chat", chat_id: id });
  temporaries.value = temporaries.value.filter((other) => other.id !== id);
  passing.delete(id);
  if (current.value === id) {
    window.history.replaceState(null, "", addressOf(null));
    current.value = null;
  }
}

/** A new connection is up: those of the old one are over. */
export function endTemporaries(): void {
  for (const one of temporaries.value) knownChat(one.id)?.apply([{ event: "goal_status", chat_id: one.id, status: "idle" }]);
  if (temporaries.value.some((one) => !one.over)) temporaries.value = temporaries.value.map((one) => ({ ...one, over: true }));
}
