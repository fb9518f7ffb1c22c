// Moving chats with the pointer: to another place, among the pinned ones, into the archive. The keys do the same (Alt and the arrows).
import { signal } from "@preact/signals";
import { archive, pin } from "../../state/arrangement.ts";
import type { Line } from "../../state/lines.ts";
import { aboutRow, moveBefore, shown } from "../../state/shown.ts";
import { lineAt, tops } from "./place.ts";

/** So far the pointer may shake before it is a drag. */
const SHAKE = 6;
const EDGE = 36;

/** Where what is dragged would go: the line it would stand before. */
export const dropAt = signal<number | null>(null);
export const dragged = signal<ReadonlySet<string>>(new Set());

export function startDrag(event: PointerEvent, id: string, scroller: HTMLElement | null): void {
  if (event.button !== 0 || event.pointerType === "touch" || scroller === null) return;
  const begun = { x: event.clientX, y: event.clientY };
  const ids = aboutRow(id);
  const move = (now: PointerEvent) => {
    if (dragged.value.size === 0) {
      if (Math.hypot(now.clientX - begun.x, now.clientY - begun.y) < SHAKE) return;
      dragged.value = new Set(ids);
    }
    const box = scroller.getBoundingClientRect();
    if (now.clientY < box.top + EDGE) scroller.scrollTop -= 8;
    else if (now.clientY > box.bottom - EDGE) scroller.scrollTop += 8;
    dropAt.value = placeAt(now.clientY - box.top + scroller.scrollTop);
  };
  const off = new AbortController();
  const over = (at: number | null) => {
    off.abort();
    const moved = dragged.value.size > 0;
    dropAt.value = null;
    dragged.value = new Set();
    if (!moved) return;
    swallowClick();
    if (at !== null) drop(ids, at);
  };
  const options = { capture: true, signal: off.signal };
  window.addEventListener("pointermove", move, options);
  window.addEventListener("pointerup", () => over(dropAt.value), options);
  window.addEventListener("pointercancel", () => over(null), options);
  window.addEventListener("keydown", (key) => key.key === "Escape" && (key.preventDefault(), key.stopPropagation(), over(null)), options);
}

/** The click that ends a drag opens nothing; it comes before the next frame, or not at all. */
function swallowClick(): void {
  const off = new AbortController();
  window.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true, signal: off.signal });
  requestAnimationFrame(() => requestAnimationFrame(() => off.abort()));
}

/** The gap between two lines that is nearest to `y`. */
function placeAt(y: number): number {
  const at = lineAt(Math.max(0, y));
  const top = tops.value[at] ?? 0;
  const bottom = tops.value[at + 1] ?? top;
  return y > (top + bottom) / 2 ? at + 1 : at;
}

type Group = Extract<Line, { kind: "group" }>;

function drop(ids: readonly string[], at: number): void {
  const lines = shown.value;
  const head = lines.slice(0, at).findLast((line): line is Group => line.kind === "group");
  const before = lines[at];
  if (head === undefined || head.group === "temporary") return;
  pin(ids, head.group === "pinned");
  archive(ids, head.group === "archived");
  const next = before?.kind === "chat" && !ids.includes(before.id) ? before.id : (lines.slice(at).find((line) => line.kind === "chat" && !ids.includes(line.id))?.id ?? null);
  moveBefore(ids, next);
}
