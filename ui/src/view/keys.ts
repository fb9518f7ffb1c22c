// Shortcuts of the whole window, and how they are written on this system.
import { knownChat } from "../state/chats.ts";
import { focusAsked } from "../state/compose.ts";
import { stop } from "../state/conversation.ts";
import { current, drawerOpen, go } from "../state/route.ts";

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

export function shortcut(key: string): string {
  return mac ? `⌘${key}` : `Ctrl+${key}`;
}

export function listenForKeys(): void {
  window.addEventListener("keydown", (event) => {
    if ((mac ? event.metaKey : event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "n") {
      event.preventDefault();
      go(null);
      focusAsked.value += 1;
      return;
    }
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.querySelector("dialog[open], :popover-open") !== null) return;
    if (drawerOpen.value) {
      drawerOpen.value = false;
      return;
    }
    const id = current.value;
    if (id !== null && knownChat(id)?.run.value != null) stop(id);
  });
}
