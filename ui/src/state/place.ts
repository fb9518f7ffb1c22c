// Where the page begins: the chat its address names, else the one that was in front last. Plain data, no page.

/** The chat a fragment names: `#/chat/ID`. */
export function chatOf(hash: string): string | null {
  return /^#\/chat\/([A-Za-z0-9_:-]{1,64})/.exec(hash)?.[1] ?? null;
}

/** The temporary chat a fragment names: `#/temporary/ID`. */
export function temporaryOf(hash: string): string | null {
  return /^#\/temporary\/([A-Za-z0-9_:-]{1,64})/.exec(hash)?.[1] ?? null;
}

export type Start = { readonly chat: string | null; /** It was not asked for by name: if it is gone, a new chat takes its place. */ readonly kept: boolean };

/** A reload stays where it is, also on a chat not begun yet. */
export function startPlace(hash: string, kept: string | null, reloaded: boolean): Start {
  const named = chatOf(hash);
  if (named !== null || reloaded || kept === null) return { chat: named, kept: false };
  const chat = chatOf(`#/chat/${kept}`);
  return { chat: chat === kept ? chat : null, kept: chat === kept };
}
