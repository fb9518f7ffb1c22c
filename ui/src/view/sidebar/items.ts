// What can be done with a chat, with several, with a group: the same entries for the menu, the keys and the palette.
import { t } from "../../i18n/text.ts";
import { archive, arrangement, fold, pin, sortBy } from "../../state/arrangement.ts";
import { focusAsked } from "../../state/compose.ts";
import { exportChat } from "../../state/exchange.ts";
import type { Line } from "../../state/lines.ts";
import type { MenuItem } from "../../state/menu.ts";
import { renaming, titleOf } from "../../state/rename.ts";
import { go } from "../../state/route.ts";
import { nextScope, scopeOf } from "../../state/scope.ts";
import { aboutRow, chatLine, chooseNone, moveBy } from "../../state/shown.ts";
import { deleteChats } from "../../state/trash.ts";

const FORMATS = ["markdown", "jsonl", "html"] as const;

export const nameOf = (id: string): string => titleOf(id) || t("chat.untitled");

export function exportItems(id: string): MenuItem[] {
  return FORMATS.map((format) => ({ label: t(`export.${format}`), icon: "out", run: () => void exportChat(id, nameOf(id), format) }));
}

export function deleteThese(ids: readonly string[]): void {
  chooseNone();
  deleteChats(ids, nameOf(ids[0] ?? ""));
}

export function chatItems(id: string): MenuItem[] {
  const line = chatLine(id);
  const ids = aboutRow(id);
  const pinned = line?.pinned === true;
  const archived = line?.archived === true;
  const one: MenuItem[] =
    ids.length > 1
      ? []
      : [
          { label: t("chat.rename"), icon: "edit", keys: "F2", run: () => (renaming.value = id) },
          { label: t("chat.up"), keys: "Alt+↑", run: () => moveBy(id, -1) },
          { label: t("chat.down"), keys: "Alt+↓", run: () => moveBy(id, 1) },
        ];
  const after = ids.length > 1 ? [] : (["line", ...exportItems(id)] satisfies MenuItem[]);
  return [
    ...one,
    { label: t(pinned ? "chat.unpin" : "chat.pin"), icon: "pin", run: () => pin(ids, !pinned) },
    { label: t(archived ? "chat.unarchive" : "chat.archive"), icon: "archive", run: () => archive(ids, !archived) },
    ...after,
    "line",
    { label: ids.length > 1 ? t("chat.deleteMany", { count: ids.length }) : t("chat.delete"), icon: "trash", keys: "Del", danger: true, run: () => deleteThese(ids) },
  ];
}

/** A new chat in the folder of the group. */
export function newChatIn(line: Extract<Line, { kind: "group" }>): void {
  const mode = scopeOf(null)?.access_mode ?? "restricted";
  nextScope.value = line.path === "" ? null : { project_path: line.path, access_mode: mode };
  go(null);
  focusAsked.value += 1;
}

export function groupItems(line: Extract<Line, { kind: "group" }>): MenuItem[] {
  const own: MenuItem[] = line.group === "project" ? [
          { label: t("group.newChat"), icon: "plus", run: () => newChatIn(line) },
          { label: t("chat.rename"), icon: "edit", keys: "F2", run: () => (renaming.value = line.id) },
        ] : [];
  return [...own, { label: t(line.folded ? "group.unfold" : "group.fold"), run: () => fold(line.id, !line.folded) }, "line", ...sortItems()];
}

const SORTS = ["updated_desc", "title_asc", "manual"] as const;

export function sortItems(): MenuItem[] {
  const now = arrangement.value.view.sort;
  return SORTS.map((sort) => ({ label: t(`sort.${sort}`), checked: now === sort || (sort === "updated_desc" && !SORTS.some((one) => one === now)), run: () => sortBy(sort) }));
}
