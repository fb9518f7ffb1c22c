// Which chat is in front: the address's fragment, `#/chat/ID`, or `#/` for one not begun yet. Kept for the next start.
import { effect, signal } from "@preact/signals";
import { chatOf, startPlace, temporaryOf } from "./place.ts";
import { sectionOf } from "./settings-place.ts";

const KEPT = "alcove.chat";
/** Chats that end with the connection: they have addresses to go back to, but nothing remembers them. */
export const passing = new Set<string>();
export const addressOf = (chatId: string | null) => (chatId === null ? "#/" : `#/${passing.has(chatId) ? "temporary" : "chat"}/${chatId}`);

function read(): string | null {
  const id = temporaryOf(window.location.hash);
  return id !== null && passing.has(id) ? id : chatOf(window.location.hash);
}

function reloaded(): boolean {
  const [entry] = window.performance.getEntriesByType("navigation");
  return entry !== undefined && (entry as PerformanceNavigationTiming).type === "reload";
}

/** The settings lie over a chat and leave it as it is. */
const inSettings = () => sectionOf(window.location.hash) !== null;
const start = inSettings() ? startPlace("", window.localStorage.getItem(KEPT), false) : startPlace(window.location.hash, window.localStorage.getItem(KEPT), reloaded());
/** The chat opened because it was in front last; null once the person has gone anywhere. */
let fromLast = start.kept ? start.chat : null;

export const current = signal<string | null>(start.chat);
export const drawerOpen = signal(false);

/** Puts the chat the page began with into its address; after the launch secret has left it. */
export function showStart(): void {
  if (fromLast !== null && !inSettings()) window.history.replaceState(null, "", addressOf(fromLast));
}

/** The chat is gone from the gateway: when nobody asked for it by name, a new one takes its place. */
export function leaveGone(chatId: string): void {
  if (fromLast !== chatId || current.value !== chatId) return;
  fromLast = null;
  if (!inSettings()) window.history.replaceState(null, "", addressOf(null));
  current.value = null;
}

effect(() => {
  const id = current.value;
  if (id !== fromLast) fromLast = null;
  try {
    if (id === null || passing.has(id)) window.localStorage.removeItem(KEPT);
    else window.localStorage.setItem(KEPT, id);
  } catch {
    // Storage is full or forbidden: the next start begins with a new chat.
  }
});

window.addEventListener("hashchange", () => {
  if (!inSettings()) current.value = read();
});

export function go(chatId: string | null): void {
  drawerOpen.value = false;
  if (chatId === current.value) return;
  window.history.pushState(null, "", addressOf(chatId));
  current.value = chatId;
}
window.addEventListener("popstate", () => {
  if (!inSettings()) current.value = read();
});
