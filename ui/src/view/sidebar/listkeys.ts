// The keys of the list of chats: walk, open, choose several, move, rename, delete, and the menu of a line.
import { t } from "../../i18n/text.ts";
import { fold } from "../../state/arrangement.ts";
import type { Line } from "../../state/lines.ts";
import { openMenu } from "../../state/menu.ts";
import { renaming } from "../../state/rename.ts";
import { current, go } from "../../state/route.ts";
import { aboutRow, choose, chooseNone, chosen, moveBy, shown } from "../../state/shown.ts";
import { chatItems, deleteThese, groupItems, nameOf } from "./items.ts";
import { active, indexOf, reveal, step } from "./place.ts";

export function onListKey(event: KeyboardEvent, scroller: HTMLElement | null): void {
  if (event.target instanceof HTMLInputElement) return;
  const at = indexOf(active.value ?? current.value);
  if (walk(event, at, scroller) || act(event, shown.value[at], scroller)) event.preventDefault();
}

function walk(event: KeyboardEvent, at: number, scroller: HTMLElement | null): boolean {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const line = shown.value[at];
  if (by !== 0 && event.altKey) {
    if (line?.kind === "chat") moveBy(line.id, by);
    reveal(indexOf(active.value), scroller);
    return true;
  }
  let next: number;
  if (by !== 0) next = at < 0 ? 0 : step(at, by);
  else if (event.key === "Home") next = 0;
  else if (event.key === "End") next = shown.value.length - 1;
  else return false;
  const to = shown.value[next];
  if (to === undefined) return true;
  active.value = to.id;
  if (event.shiftKey && to.kind === "chat") choose(to.id, "range", line?.kind === "chat" ? line.id : null);
  reveal(next, scroller);
  return true;
}

function act(event: KeyboardEvent, line: Line | undefined, scroller: HTMLElement | null): boolean {
  if (event.key === "Escape" && chosen.value.size > 0) {
    chooseNone();
    return true;
  }
  if (line === undefined || line.kind === "note") return false;
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) return menuOf(line, scroller);
  if (line.kind === "group") return onGroup(event, line);
  if (event.key === "Enter") {
    chooseNone();
    go(line.id);
  } else if (line.kind !== "chat") return false;
  else if (event.key === " ") choose(line.id, "toggle", current.value);
  else if (event.key === "F2") renaming.value = line.id;
  else if (event.key === "Delete") deleteThese(aboutRow(line.id));
  else if (event.key === "ArrowLeft") active.value = line.group;
  else return false;
  return true;
}

function onGroup(event: KeyboardEvent, line: Extract<Line, { kind: "group" }>): boolean {
  if (line.group === "temporary") return false;
  if (event.key === "Enter" || event.key === " ") fold(line.id, !line.folded);
  else if (event.key === "ArrowLeft") fold(line.id, true);
  else if (event.key === "ArrowRight") fold(line.id, false);
  else if (event.key === "F2" && line.group === "project") renaming.value = line.id;
  else return false;
  return true;
}

function menuOf(line: Exclude<Line, { kind: "note" }>, scroller: HTMLElement | null): boolean {
  if (line.kind === "temporary" || (line.kind === "group" && line.group === "temporary")) return false;
  const element = document.getElementById(`side-line-${indexOf(line.id)}`) ?? scroller;
  const box = element?.getBoundingClientRect();
  const at = { x: (box?.left ?? 0) + 24, y: (box?.bottom ?? 0) };
  if (line.kind === "chat") openMenu(t("chat.menu", { name: nameOf(line.id) }), at, chatItems(line.id));
  else openMenu(t("group.menu", { name: line.name }), at, groupItems(line));
  return true;
}
