// The side bar as it stands: its lines, what is looked for, which rows are chosen together, and moving them.
import { computed, signal } from "@preact/signals";
import { arrangement, placeByHand } from "./arrangement.ts";
import { lines, reordered, type Line } from "./lines.ts";
import { list } from "./list.ts";
import { temporaries } from "./temporary.ts";
import { hidden } from "./trash.ts";

export const filter = signal("");
const rows = computed(() => list.value.rows);
/** As one text: the side bar is made anew only when other chats wait. */
const waitingIds = computed(() => [...list.value.live].flatMap(([id, state]) => (state === "waiting" ? [id] : [])).join(" "));
const waiting = computed(() => new Set(waitingIds.value.split(" ").filter(Boolean)));
export const shown = computed(() => lines({ rows: rows.value, arrangement: arrangement.value, temporaries: temporaries.value, filter: filter.value, hidden: hidden.value, waiting: waiting.value }));

/** Chats chosen together; empty while there is only the one in front. */
export const chosen = signal<ReadonlySet<string>>(new Set());
let anchor: string | null = null;

type ChatLine = Extract<Line, { kind: "chat" }>;
export const chatLine = (id: string): ChatLine | undefined => shown.value.find((line): line is ChatLine => line.kind === "chat" && line.id === id);

export function choose(id: string, how: "toggle" | "range", from: string | null): void {
  anchor ??= from;
  if (how === "toggle") {
    const next = new Set(chosen.value.size === 0 && from !== null && from !== id ? [from] : chosen.value);
    if (!next.delete(id)) next.add(id);
    anchor = id;
    chosen.value = next;
    return;
  }
  const ids = shown.value.filter((line) => line.kind === "chat").map((line) => line.id);
  const [a, b] = [ids.indexOf(anchor ?? id), ids.indexOf(id)].sort((x, y) => x - y) as [number, number];
  chosen.value = new Set(ids.slice(Math.max(0, a), b + 1));
}

export function chooseNone(): void {
  anchor = null;
  if (chosen.value.size > 0) chosen.value = new Set();
}

/** What an action on a row is about: all that are chosen, when it is one of them. */
export const aboutRow = (id: string): string[] => (chosen.value.has(id) ? [...chosen.value] : [id]);

const idsInOrder = () => shown.value.flatMap((line) => (line.kind === "chat" ? [line.id] : []));

/** Puts chats before another one, and remembers the order as chosen by hand. */
export function moveBefore(moved: readonly string[], before: string | null): void {
  placeByHand(reordered(idsInOrder(), moved, before));
}

/** One place up or down inside its group. */
export function moveBy(id: string, step: 1 | -1): void {
  const line = chatLine(id);
  if (line === undefined) return;
  const group = shown.value.flatMap((one) => (one.kind === "chat" && one.group === line.group ? [one.id] : []));
  const at = group.indexOf(id);
  if (at + step < 0 || at + step >= group.length) return;
  if (step < 0) return moveBefore([id], group[at - 1] ?? null);
  const after = idsInOrder();
  moveBefore([id], group[at + 2] ?? after[after.indexOf(group[at + 1] ?? "") + 1] ?? null);
}
