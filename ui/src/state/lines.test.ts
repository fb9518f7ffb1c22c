// The side bar's lines: groups, order, filter, what is folded, hidden, placed by hand.
import { expect, test } from "vitest";
import type { ListRow } from "../reduce/list.ts";
import type { SidebarState } from "../wire/types.ts";
import { EMPTY_ARRANGEMENT, lines, reordered } from "./lines.ts";

const row = (id: string, project: string, updated: number): ListRow => ({ id, title: `Chat ${id}`, updated, project, preset: null, scope: null });
const rows = [row("a", "app", 1), row("b", "", 3), row("c", "app", 2), row("d", "app", 5)];

function check(change: Partial<SidebarState>, filter = "", hidden: string[] = []) {
  const arrangement = { ...EMPTY_ARRANGEMENT, ...change };
  return lines({ rows, arrangement, temporaries: [], filter, hidden: new Set(hidden) }).map((line) => (line.kind === "group" ? `# ${line.id}${line.folded ? " …" : ""}` : line.id));
}
const view = (fields: Partial<SidebarState["view"]>) => ({ view: { ...EMPTY_ARRANGEMENT.view, ...fields } });

test.each([
  ["by project, newest first", {}, ["# project:app", "d", "c", "a", "# project:", "b"]],
  ["pinned ones on top", { pinned_keys: ["websocket:a"] }, ["# pinned", "a", "# project:app", "d", "c", "# project:", "b"]],
  ["the archive is folded", { archived_keys: ["websocket:d"] }, ["# project:", "b", "# project:app", "c", "a", "# archived …"]],
  ["the archive is open", { archived_keys: ["websocket:d"], ...view({ show_archived: true }) }, ["# project:", "b", "# project:app", "c", "a", "# archived", "d"]],
  ["an archived one is not pinned", { archived_keys: ["websocket:d"], pinned_keys: ["websocket:d"] }, ["# project:", "b", "# project:app", "c", "a", "# archived …"]],
  ["a folded group", { collapsed_groups: { "project:app": true } }, ["# project:app …", "# project:", "b"]],
  ["by hand, new ones above", { session_order: ["websocket:a", "websocket:c"], ...view({ sort: "manual" }) }, ["# project:app", "d", "a", "c", "# project:", "b"]],
  ["by title", { title_overrides: { "websocket:d": "A first" }, ...view({ sort: "title_asc" }) }, ["# project:app", "d", "a", "c", "# project:", "b"]],
])("%s", (_, change, expected) => {
  expect(check(change)).toEqual(expected);
});

test("the filter looks at titles and projects, also into what is folded", () => {
  expect(check({}, "chat B")).toEqual(["# project:", "b"]);
  expect(check({}, "APP")).toHaveLength(4);
  expect(check({ archived_keys: ["websocket:d"] }, "chat d")).toEqual(["# archived", "d"]);
  expect(check({ title_overrides: { "websocket:a": "Renamed" } }, "renamed")).toEqual(["# project:app", "a"]);
  expect(check({}, "nothing")).toEqual([]);
});

test("chats that wait for a person come first in their group, unless placed otherwise", () => {
  const waits = (change: Partial<SidebarState>) =>
    lines({ rows, arrangement: { ...EMPTY_ARRANGEMENT, ...change }, temporaries: [], filter: "", hidden: new Set(), waiting: new Set(["c"]) }).map((line) => line.id);
  expect(waits({})).toEqual(["project:app", "c", "d", "a", "project:", "b"]);
  expect(waits(view({ sort: "title_asc" }))).toEqual(["project:app", "a", "c", "d", "project:", "b"]);
});

test("what is being deleted is not shown", () => {
  expect(check({}, "", ["b", "d"])).toEqual(["# project:app", "c", "a"]);
});

test("temporary chats stand first, with a warning", () => {
  const all = lines({ rows: [], arrangement: EMPTY_ARRANGEMENT, temporaries: [{ id: "t", title: "", over: false }], filter: "", hidden: new Set() });
  expect(all.map((line) => line.id)).toEqual(["temporary", "temporary-note", "t"]);
});

test.each([
  ["up", ["c"], "a", "c a b d"],
  ["down", ["a"], "d", "b c a d"],
  ["to the end", ["a"], null, "b c d a"],
  ["two together", ["a", "c"], "d", "b a c d"],
])("moving %s", (_, moved, before, expected) => {
  expect(reordered(["a", "b", "c", "d"], moved, before).map((key) => key.slice(10)).join(" ")).toBe(expected);
});
