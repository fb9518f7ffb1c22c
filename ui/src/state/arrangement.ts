// How the person arranged the side bar: pins, archive, order, folded groups. One state for all windows; changes are gathered and sent.
import { signal } from "@preact/signals";
import { readSidebarState } from "../wire/api.ts";
import { request } from "../wire/request.ts";
import type { SidebarState } from "../wire/types.ts";
import { later } from "./clock.ts";
import { EMPTY_ARRANGEMENT, keyOf, KEYS_MOST } from "./lines.ts";
import { toastError } from "./toast.ts";

export const arrangement = signal<SidebarState>(EMPTY_ARRANGEMENT);
const GATHER_MS = 400;
/** Changed here and not yet kept by the gateway: what it says meanwhile is older. */
let unsaved = false;
let planned = false;

const whole = (state: Partial<SidebarState>): SidebarState => ({ ...EMPTY_ARRANGEMENT, ...state, view: { ...EMPTY_ARRANGEMENT.view, ...state.view } });

export async function readArrangement(): Promise<void> {
  try {
    const state = await readSidebarState();
    if (!unsaved) arrangement.value = whole(state);
  } catch {
    // The chats are still listed, by project and time.
  }
}

export function takeArrangement(state: Partial<SidebarState>): void {
  if (!unsaved) arrangement.value = whole(state);
}

export function arrange(change: Partial<SidebarState>): void {
  arrangement.value = { ...arrangement.value, ...change };
  unsaved = true;
  if (planned) return;
  planned = true;
  later(GATHER_MS, () => {
    planned = false;
    void save();
  });
}

async function save(): Promise<void> {
  const sent = arrangement.value;
  try {
    await request<SidebarState>("sidebar.update", { state: sent });
  } catch (error) {
    toastError("list.notKept", error);
  }
  if (arrangement.value === sent) unsaved = false;
}

type Listed = "pinned_keys" | "archived_keys";

function listed(list: Listed, ids: readonly string[], there: boolean): string[] {
  const keys = new Set(ids.map(keyOf));
  const rest = arrangement.value[list].filter((key) => !keys.has(key));
  return there ? [...keys, ...rest].slice(0, KEYS_MOST) : rest;
}

export function pin(ids: readonly string[], pinned: boolean): void {
  arrange({ pinned_keys: listed("pinned_keys", ids, pinned), ...(pinned ? { archived_keys: listed("archived_keys", ids, false) } : {}) });
}

export function archive(ids: readonly string[], archived: boolean): void {
  arrange({ archived_keys: listed("archived_keys", ids, archived), ...(archived ? { pinned_keys: listed("pinned_keys", ids, false) } : {}) });
}

export function fold(group: string, folded: boolean): void {
  if (group === "archived") return arrange({ view: { ...arrangement.value.view, show_archived: !folded } });
  const { [group]: _old, ...rest } = arrangement.value.collapsed_groups;
  arrange({ collapsed_groups: folded ? { ...rest, [group]: true } : rest });
}

export function sortBy(sort: string): void {
  arrange({ view: { ...arrangement.value.view, sort } });
}

export function placeByHand(order: string[]): void {
  arrange({ session_order: order, view: { ...arrangement.value.view, sort: "manual" } });
}

/** What is gone leaves no traces in the lists. */
export function forgetChats(ids: readonly string[]): void {
  const keys = new Set(ids.map(keyOf));
  const without = (list: readonly string[]) => list.filter((key) => !keys.has(key));
  const now = arrangement.value;
  const touched = [...now.pinned_keys, ...now.archived_keys, ...now.session_order].some((key) => keys.has(key));
  if (touched) arrange({ pinned_keys: without(now.pinned_keys), archived_keys: without(now.archived_keys), session_order: without(now.session_order) });
}
