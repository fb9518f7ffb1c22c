// Which chat is in front: the address's fragment, `#/chat/ID`, or `#/` for one not begun yet.
import { signal } from "@preact/signals";

function read(): string | null {
  const found = /^#\/chat\/([A-Za-z0-9_:-]{1,64})/.exec(window.location.hash);
  return found?.[1] ?? null;
}

export const current = signal<string | null>(read());
export const drawerOpen = signal(false);

window.addEventListener("hashchange", () => {
  current.value = read();
});

export function go(chatId: string | null): void {
  drawerOpen.value = false;
  if (chatId === current.value) return;
  window.history.pushState(null, "", chatId === null ? "#/" : `#/chat/${chatId}`);
  current.value = chatId;
}
window.addEventListener("popstate", () => {
  current.value = read();
});
