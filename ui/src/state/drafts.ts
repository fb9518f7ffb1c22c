// Unsent text for each chat, kept in this browser, and what was sent before in it (for the ↑ key).

const key = (chatId: string | null) => `alcove.draft.${chatId ?? "new"}`;

export function readDraft(chatId: string | null): string {
  return window.localStorage.getItem(key(chatId)) ?? "";
}

export function keepDraft(chatId: string | null, text: string): void {
  try {
    if (text === "") window.localStorage.removeItem(key(chatId));
    else window.localStorage.setItem(key(chatId), text);
  } catch {
    // Storage is full or forbidden: the text is still in the composer.
  }
}
