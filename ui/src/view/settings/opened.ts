// What opens in place, a form or a question: it takes the focus, and gives it back to what opened it when it goes; Escape closes it alone.
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

const PLACE = ".set-row, .set-item, .set-card, .card";

/** `first` names what has the focus in it. */
export function useOpened(within: RefObject<HTMLElement | null>, first: string | null): void {
  useLayoutEffect(() => {
    const box = within.current;
    if (box === null || first === null) return;
    const before = document.activeElement;
    const place = box.parentElement?.closest(PLACE) ?? null;
    box.querySelector<HTMLElement>(first)?.focus();
    return () => {
      const now = document.activeElement;
      if (now === document.body || box.contains(now)) queueMicrotask(() => giveBack(before, place));
    };
  }, []);
}

/** What opened it may have been away or disabled meanwhile; by now it is there again. */
function giveBack(before: Element | null, place: Element | null): void {
  if (before instanceof HTMLElement && before !== document.body) before.focus();
  if (document.activeElement !== before) place?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
}

/** The page around it stays open. */
export function onEscape(event: KeyboardEvent, close: () => void): void {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  event.stopPropagation();
  close();
}
