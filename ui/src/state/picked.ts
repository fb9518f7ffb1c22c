// What the person marked in the conversation, and where: for asking about it.
import { signal } from "@preact/signals";

export type Picked = { text: string; x: number; y: number };
export const picked = signal<Picked | null>(null);

const ROW = "article[data-id]";

function rowOf(node: Node | null): Element | null {
  return (node instanceof Element ? node : (node?.parentElement ?? null))?.closest(ROW) ?? null;
}

/** The marked text inside one message; empty when the mark is elsewhere. */
export function pickedIn(rowId: string): string {
  const selection = window.getSelection();
  if (selection === null || selection.isCollapsed) return "";
  const row = rowOf(selection.anchorNode);
  return row instanceof HTMLElement && row.dataset.id === rowId && row.contains(selection.focusNode) ? selection.toString().trim() : "";
}

function look(): void {
  const selection = window.getSelection();
  const text = selection?.toString().trim() ?? "";
  if (selection === null || selection.isCollapsed || text === "" || rowOf(selection.anchorNode) === null || rowOf(selection.focusNode) === null) {
    picked.value = null;
    return;
  }
  const box = selection.getRangeAt(0).getBoundingClientRect();
  picked.value = { text, x: box.left + box.width / 2, y: box.top };
}

/** A mark is looked at when it is complete; it is gone as soon as there is none. */
export function listenForPicks(): void {
  document.addEventListener("pointerup", () => requestAnimationFrame(look));
  document.addEventListener("keyup", (event) => event.shiftKey && look());
  document.addEventListener("selectionchange", () => {
    if (picked.value !== null && window.getSelection()?.isCollapsed !== false) picked.value = null;
  });
  document.addEventListener("scroll", () => picked.value !== null && (picked.value = null), { capture: true, passive: true });
}
