// What the side bar shows from top to bottom, as data: temporary chats, pinned ones, a group a project folder, the archive.
import type { ListRow } from "../reduce/list.ts";
import type { SidebarState } from "../wire/types.ts";
import type { Temporary } from "./temporary.ts";

export type GroupKind = "temporary" | "pinned" | "project" | "archived";
export type Line =
  | { kind: "group"; id: string; group: GroupKind; name: string; path: string; count: number; folded: boolean }
  | { kind: "note"; id: string }
  | { kind: "chat"; id: string; row: ListRow; group: string; pinned: boolean; archived: boolean }
  | { kind: "temporary"; id: string; one: Temporary };

export const EMPTY_ARRANGEMENT: SidebarState = {
  pinned_keys: [],
  archived_keys: [],
  session_order: [],
  title_overrides: {},
  project_name_overrides: {},
  tags_by_key: {},
  collapsed_groups: {},
  view: { density: "comfortable", show_previews: false, show_timestamps: false, show_archived: false, sort: "updated_desc" },
};

export const keyOf = (chatId: string): string => `websocket:${chatId}`;
export const groupOf = (row: Pick<ListRow, "scope" | "project">): string => `project:${row.scope?.project_path ?? row.project}`;

type Given = { rows: readonly ListRow[]; arrangement: SidebarState; temporaries: readonly Temporary[]; filter: string; hidden: ReadonlySet<string>; waiting?: ReadonlySet<string> };

export function lines(given: Given): Line[] {
  const { arrangement } = given;
  const pinned = new Set(arrangement.pinned_keys);
  const archived = new Set(arrangement.archived_keys);
  const rows = waitingFirst(sorted(shownRows(given), arrangement), given);
  const top: ListRow[] = [];
  const old: ListRow[] = [];
  const projects = new Map<string, ListRow[]>();
  for (const row of rows) {
    const key = keyOf(row.id);
    if (archived.has(key)) old.push(row);
    else if (pinned.has(key)) top.push(row);
    else {
      const group = projects.get(groupOf(row));
      if (group === undefined) projects.set(groupOf(row), [row]);
      else group.push(row);
    }
  }
  const out = temporaryLines(given.temporaries);
  // What is looked for shows wherever it is.
  const searching = given.filter.trim() !== "";
  const add = (kind: GroupKind, id: string, name: string, list: readonly ListRow[], folded: boolean) => {
    if (list.length === 0) return;
    const shut = folded && !searching;
    out.push({ kind: "group", id, group: kind, name, path: list[0]?.scope?.project_path ?? "", count: list.length, folded: shut });
    if (!shut) for (const row of list) out.push({ kind: "chat", id: row.id, row, group: id, pinned: kind === "pinned", archived: kind === "archived" });
  };
  const folded = (id: string) => arrangement.collapsed_groups[id] === true;
  add("pinned", "pinned", "", top, folded("pinned"));
  for (const [id, list] of projects) add("project", id, projectName(list[0], arrangement), list, folded(id));
  add("archived", "archived", "", old, !arrangement.view.show_archived);
  return out;
}

function temporaryLines(temporaries: readonly Temporary[]): Line[] {
  if (temporaries.length === 0) return [];
  const head: Line = { kind: "group", id: "temporary", group: "temporary", name: "", path: "", count: temporaries.length, folded: false };
  return [head, { kind: "note", id: "temporary-note" }, ...temporaries.map((one): Line => ({ kind: "temporary", id: one.id, one }))];
}

function projectName(row: ListRow | undefined, arrangement: SidebarState): string {
  return arrangement.project_name_overrides[row?.scope?.project_path ?? ""] ?? row?.project ?? "";
}

function shownRows(given: Given): ListRow[] {
  const wanted = given.filter.trim().toLowerCase();
  const names = given.arrangement.title_overrides;
  const out: ListRow[] = [];
  for (const row of given.rows) {
    if (given.hidden.has(row.id)) continue;
    const title = names[keyOf(row.id)] ?? row.title;
    if (wanted && !title.toLowerCase().includes(wanted) && !row.project.toLowerCase().includes(wanted)) continue;
    out.push(title === row.title ? row : { ...row, title });
  }
  return out;
}

/** Chats that wait for a person come first in their groups, unless the person placed them. */
function waitingFirst(rows: ListRow[], given: Given): ListRow[] {
  const { waiting, arrangement } = given;
  if (waiting === undefined || waiting.size === 0 || arrangement.view.sort === "manual" || arrangement.view.sort === "title_asc") return rows;
  return [...rows.filter((row) => waiting.has(row.id)), ...rows.filter((row) => !waiting.has(row.id))];
}

const newestFirst = (a: ListRow, b: ListRow) => b.updated - a.updated;

/** In the chosen order; by hand: new chats above all that were placed, forgotten ones below. */
function sorted(rows: ListRow[], arrangement: SidebarState): ListRow[] {
  if (arrangement.view.sort === "title_asc") return rows.sort((a, b) => a.title.localeCompare(b.title));
  if (arrangement.view.sort !== "manual") return rows.sort(newestFirst);
  const place = new Map(arrangement.session_order.map((key, at) => [key, at]));
  const placed = rows.filter((row) => place.has(keyOf(row.id))).sort((a, b) => (place.get(keyOf(a.id)) ?? 0) - (place.get(keyOf(b.id)) ?? 0));
  const rest = rows.filter((row) => !place.has(keyOf(row.id))).sort(newestFirst);
  const newest = placed.reduce((most, row) => Math.max(most, row.updated), 0);
  return [...rest.filter((row) => row.updated > newest), ...placed, ...rest.filter((row) => row.updated <= newest)];
}

/** The gateway keeps so many keys a list. */
export const KEYS_MOST = 2000;

/** The order after the chats `moved` were put before `before` (null: at the end of what is shown). */
export function reordered(shown: readonly string[], moved: readonly string[], before: string | null): string[] {
  const set = new Set(moved);
  const rest = shown.filter((id) => !set.has(id));
  const at = before === null ? rest.length : rest.indexOf(before);
  const place = at < 0 ? rest.length : at;
  return [...rest.slice(0, place), ...moved, ...rest.slice(place)].map(keyOf).slice(0, KEYS_MOST);
}
