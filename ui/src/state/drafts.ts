// What is written and attached but not sent, for each chat, kept in this browser.
import type { Attachment } from "./attachments.ts";

const key = (chatId: string | null) => `alcove.draft.${chatId ?? "new"}`;
const attachedKey = (slot: string) => `alcove.attached.${slot}`;

export function readDraft(chatId: string | null): string {
  return window.localStorage.getItem(key(chatId)) ?? "";
}

function keep(at: string, value: string): void {
  try {
    if (value === "") window.localStorage.removeItem(at);
    else window.localStorage.setItem(at, value);
  } catch {
    // Storage is full or forbidden: it is still in the composer.
  }
}

export function keepDraft(chatId: string | null, text: string): void {
  keep(key(chatId), text);
}

/** Uploads the gateway has are still there after a reload; it forgets unused ones after a day. */
export function keepAttached(slot: string, list: readonly Attachment[]): void {
  keep(attachedKey(slot), list.length === 0 ? "" : JSON.stringify(list.map((one) => ({ ...one, preview: one.kind === "document" ? null : one.url }))));
}

const read = new Map<string, readonly Attachment[]>();

export function keptAttached(slot: string): readonly Attachment[] {
  const known = read.get(slot);
  if (known !== undefined) return known;
  let list: readonly Attachment[] = [];
  try {
    const found: unknown = JSON.parse(window.localStorage.getItem(attachedKey(slot)) ?? "[]");
    if (Array.isArray(found)) list = (found as Attachment[]).filter((one) => typeof one?.id === "string" && typeof one.name === "string" && one.state === "done");
  } catch {
    // Not ours, or cut off: nothing is attached.
  }
  read.set(slot, list);
  return list;
}
