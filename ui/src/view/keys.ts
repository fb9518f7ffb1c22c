// Shortcuts of the whole window, and how they are written on this system.
import { knownChat } from "../state/chats.ts";
import { focusAsked, text } from "../state/compose.ts";
import { stop } from "../state/conversation.ts";
import { closeFind, finding, openFind } from "../state/find.ts";
import { paletteOpen } from "../state/palette.ts";
import { panelOpen } from "../state/panel.ts";
import { isNarrow, leavePanel, togglePanel } from "../state/panel-kept.ts";
import { acting } from "./parts.ts";
import { askPrompt } from "../state/prompts.ts";
import { jumpOn } from "../state/proposals.ts";
import { current, drawerOpen, go } from "../state/route.ts";

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** Browsers keep Ctrl+N and ⌘N for themselves; there it is Alt+N. */
const native = typeof window !== "undefined" && window.alcoveHost !== undefined;
export const newChatKey = native ? (mac ? "⌘N" : "Ctrl+N") : "Alt+N";

export const changesKey = mac ? "⇧⌘G" : "Ctrl+Shift+G";

export const modeKey = mac ? "⇧⌘L" : "Ctrl+Shift+L";

/** To the first action that waits for a person, and from there to the next. */
export const jumpKey = mac ? "⌘J" : "Ctrl+J";

/** Sends a form of several lines. */
export const sendKey = mac ? "⌘↩" : "Ctrl+Enter";

export const paletteKey = mac ? "⌘K" : "Ctrl+K";

export const findKey = mac ? "⌘F" : "Ctrl+F";

export const promptBackKey = mac ? "⌥↑" : "Alt+↑";
export const promptNextKey = mac ? "⌥↓" : "Alt+↓";

const isHeld = (event: KeyboardEvent) => (mac ? event.metaKey : event.ctrlKey);
export const isJump = (event: KeyboardEvent): boolean => isHeld(event) && !event.shiftKey && !event.altKey && event.code === "KeyJ";

/** Ctrl or ⌘ and F, F3 and Shift+F3. Where there is no chat the browser's own search answers. */
function takesFind(event: KeyboardEvent): boolean {
  const field = isHeld(event) && !event.shiftKey && !event.altKey && event.code === "KeyF";
  if (!field && (event.key !== "F3" || isHeld(event) || event.altKey)) return false;
  if (document.querySelector("dialog[open]") !== null || !openFind(field ? "field" : event.shiftKey ? "back" : "next")) return false;
  event.preventDefault();
  return true;
}

/** Where these keys mean something else: chats are moved with them, and lists opened. */
const OWN_ARROWS = ".sidebar, #side-panel, dialog, [popover], select, [role=combobox]";

/** Alt and an arrow, also in the message box, whose own arrows go through what was written before. */
function takesPromptJump(event: KeyboardEvent): boolean {
  const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (step === 0 || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return false;
  if (document.querySelector("dialog[open], :popover-open") !== null || (event.target instanceof Element && event.target.closest(OWN_ARROWS) !== null)) return false;
  return askPrompt(step);
}

export function listenForKeys(): void {
  const ahead = (event: KeyboardEvent) => {
    if (!takesPromptJump(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener("keydown", ahead, { capture: true });
  window.addEventListener("keydown", (event) => {
    const held = isHeld(event);
    if ((held !== event.altKey) && !event.shiftKey && event.code === "KeyN") {
      event.preventDefault();
      go(null);
      focusAsked.value += 1;
      return;
    }
    if (held && !event.shiftKey && !event.altKey && event.code === "KeyK") {
      event.preventDefault();
      paletteOpen.value = !paletteOpen.value;
      return;
    }
    if (held && event.shiftKey && !event.altKey && event.code === "KeyG") {
      event.preventDefault();
      if (document.querySelector("dialog[open]") === null) togglePanel("keys");
      return;
    }
    if (held && event.shiftKey && !event.altKey && event.code === "KeyL") {
      event.preventDefault();
      if (document.querySelector("dialog[open]") === null) void acting.here.value?.switchMode();
      return;
    }
    if (isJump(event)) {
      event.preventDefault();
      if (document.querySelector("dialog[open]") === null) jumpOn();
      return;
    }
    if (takesFind(event)) return;
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.querySelector("dialog[open], :popover-open") !== null) return;
    if (finding.value !== null && document.activeElement?.closest(".composer, .sidebar, #side-panel") == null) return closeFind();
    if (drawerOpen.value) {
      drawerOpen.value = false;
      return;
    }
    if (panelOpen.value !== null && (isNarrow() || document.activeElement?.closest("#side-panel") != null)) {
      leavePanel();
      return;
    }
    // Who leaves what they write wants out of it, not the end of the answer.
    if (text.value !== "") return;
    const id = current.value;
    if (id !== null && knownChat(id)?.run.value != null) stop(id);
  });
}
