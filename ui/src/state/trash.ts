// Deleting chats with a way back: a row goes at once, the gateway is asked eight seconds later, or when the page is left.
import { signal } from "@preact/signals";
import { t } from "../i18n/text.ts";
import { request } from "../wire/request.ts";
import { forgetChats } from "./arrangement.ts";
import { later } from "./clock.ts";
import { keyOf } from "./lines.ts";
import { refreshSoon } from "./list.ts";
import { current, go } from "./route.ts";
import { toast, toastError } from "./toast.ts";

const UNDO_MS = 8_000;
const KEPT = "alcove.deleting";
/** Not shown any more: to be deleted, or deleted and still in an older list. */
export const hidden = signal<ReadonlySet<string>>(new Set());
/** To be deleted, and not asked for yet. */
const waiting = new Set<string>(keptIds());
/** Asked for and not answered; remembered until then, because an answer may be lost with the page. */
const asked = new Set<string>();

function keptIds(): string[] {
  try {
    const found: unknown = JSON.parse(window.localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(found) ? found.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function keep(): void {
  try {
    const ids = [...waiting, ...asked];
    if (ids.length === 0) window.localStorage.removeItem(KEPT);
    else window.localStorage.setItem(KEPT, JSON.stringify(ids));
  } catch {
    // It is still deleted as long as the page stays.
  }
}

function show(ids: readonly string[]): void {
  hidden.value = new Set([...hidden.value].filter((id) => !ids.includes(id)));
}

export function deleteChats(ids: readonly string[], name: string): void {
  hidden.value = new Set([...hidden.value, ...ids]);
  for (const id of ids) waiting.add(id);
  keep();
  if (current.value !== null && ids.includes(current.value)) go(null);
  const undo = () => {
    cancel();
    for (const id of ids) waiting.delete(id);
    keep();
    show(ids);
  };
  const cancel = later(UNDO_MS, () => void deleteNow(ids));
  toast(ids.length === 1 ? t("delete.one", { name }) : t("delete.many", { count: ids.length }), { label: t("undo"), run: undo });
}

async function deleteNow(ids: readonly string[]): Promise<void> {
  const mine = ids.filter((id) => waiting.delete(id));
  for (const id of mine) asked.add(id);
  keep();
  const results = await Promise.allSettled(mine.map((id) => request<{ deleted: boolean; blocked_by_automations?: boolean }>("session.delete", { key: keyOf(id) })));
  for (const id of mine) asked.delete(id);
  keep();
  const back: string[] = [];
  results.forEach((result, at) => {
    const id = mine[at] ?? "";
    if (result.status === "rejected") {
      back.push(id);
      toastError("delete.failed", result.reason);
    } else if (result.value.blocked_by_automations) {
      back.push(id);
      toast(t("delete.blocked"), undefined, true);
    }
  });
  show(back);
  forgetChats(mine.filter((id) => !back.includes(id)));
  refreshSoon();
}

/** What an earlier page was about to delete is deleted now. */
export function finishDeleting(): void {
  const left = [...waiting].filter((id) => !hidden.value.has(id));
  if (left.length === 0) return;
  hidden.value = new Set([...hidden.value, ...left]);
  void deleteNow(left);
}

if (typeof window !== "undefined") window.addEventListener("pagehide", () => void deleteNow([...waiting]));
