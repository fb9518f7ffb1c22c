// Whether something is looked for in a chat, and where the focus was before. The search itself is a part of the page that is read later.
import { signal } from "@preact/signals";
import { focusAsked } from "./compose.ts";
import { current } from "./route.ts";

/** The chat in which something is looked for. */
export const finding = signal<string | null>(null);
/** What was looked for last, for going on with it. */
export const lastFind = { wanted: "", exact: false };
/** What a key asks of the bar: to take the focus, or to go a hit on or back. */
export type FindAsk = { readonly what: "field" | "next" | "back"; readonly text: string };
export const findAsked = signal<FindAsk | null>(null);
let from: Element | null = null;

/** A selection longer than this is not what is looked for. */
const MOST = 120;

/** A few words marked in the conversation. */
function picked(): string {
  const selection = window.getSelection();
  const text = selection?.toString().trim() ?? "";
  const inside = selection?.anchorNode?.parentElement?.closest("article[data-id]") != null;
  return inside && text.length <= MOST && !text.includes("\n") ? text : "";
}

/** False where there is no chat to look in. */
export function openFind(what: FindAsk["what"] = "field"): boolean {
  const id = current.peek();
  if (id === null) return false;
  if (finding.peek() !== id) from = document.activeElement;
  const text = what === "field" ? picked() : finding.peek() === id ? "" : lastFind.wanted;
  finding.value = id;
  findAsked.value = { what, text };
  return true;
}

/** Gives the focus back to where it was. */
export function closeFind(): void {
  if (finding.peek() === null) return;
  finding.value = null;
  findAsked.value = null;
  const back = from;
  from = null;
  if (back instanceof HTMLElement && back !== document.body && back.isConnected) back.focus({ preventScroll: true });
  else focusAsked.value += 1;
}

/** Another chat is in front: nothing is looked for there, and the focus is where it should be. */
export function leaveFind(id: string): void {
  if (finding.peek() === id) finding.value = findAsked.value = null;
}
