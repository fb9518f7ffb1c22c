// The keys of the list of changes: walk its rows, fold and unfold, undo and do again what the row stands for.

export function onChangesKey(event: KeyboardEvent, box: HTMLElement | null): void {
  if (box === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  const row = target.closest<HTMLElement>("[data-row]") ?? target.closest("[data-item]")?.querySelector<HTMLElement>("[data-row]") ?? null;
  if (row === null) return;
  if (walk(event.key, row, box) || fold(event.key, row, box) || act(event.key, row)) event.preventDefault();
}

const rows = (box: HTMLElement) => [...box.querySelectorAll<HTMLElement>("[data-row]")];

function focus(row: HTMLElement | undefined): boolean {
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  return true;
}

function walk(key: string, row: HTMLElement, box: HTMLElement): boolean {
  const all = rows(box);
  const at = all.indexOf(row);
  if (key === "ArrowDown") return focus(all[Math.min(all.length - 1, at + 1)]);
  if (key === "ArrowUp") return focus(all[Math.max(0, at - 1)]);
  if (key === "Home") return focus(all[0]);
  if (key === "End") return focus(all.at(-1));
  return false;
}

/** Inwards unfolds, outwards folds or goes to what the row stands in. */
function fold(key: string, row: HTMLElement, box: HTMLElement): boolean {
  const rtl = document.documentElement.dir === "rtl";
  const inwards = key === (rtl ? "ArrowLeft" : "ArrowRight");
  if (!inwards && key !== (rtl ? "ArrowRight" : "ArrowLeft")) return false;
  const open = row.getAttribute("aria-expanded");
  if (inwards && open === "false") row.click();
  else if (inwards && open === "true") walk("ArrowDown", row, box);
  else if (!inwards && open === "true") row.click();
  else if (!inwards) focus(row.closest("[data-item]")?.parentElement?.closest("[data-item]")?.querySelector<HTMLElement>("[data-row]") ?? row);
  return true;
}

function act(key: string, row: HTMLElement): boolean {
  const way = key === "u" || key === "U" ? "revert" : key === "r" || key === "R" ? "redo" : null;
  if (way === null) return false;
  actor(row.closest("[data-item]"))?.querySelector<HTMLElement>(`:scope > .line-row [data-way=${way}]:not(:disabled)`)?.click();
  return true;
}

/** The only part of a file that is taken back as a whole stands for the file. */
function actor(item: Element | null): Element | null {
  const around = item?.parentElement?.closest("[data-item]") ?? null;
  const whole = item !== null && item.matches(".hunk") && item.querySelector(":scope > .line-row [data-way]") === null && around?.querySelectorAll(".hunk").length === 1;
  return whole ? around : item;
}

/** What was pressed goes away with what it does; the row it belongs to stays, and takes the focus. */
export function keepFocus(event: Event): void {
  (event.currentTarget as HTMLElement).closest("[data-item]")?.querySelector<HTMLElement>("[data-row]")?.focus({ preventScroll: true });
}
