// The chats in the side bar as data: rows from the gateway, live states beside them.
import type { LiveState, SessionRow, WorkspaceScope } from "../wire/types.ts";

export type Mark = "waiting" | "running" | "failed" | "unread" | "none";
export type ListRow = { id: string; title: string; updated: number; project: string; preset: string | null; scope: WorkspaceScope | null };
export type ListState = {
  readonly rows: readonly ListRow[];
  readonly live: ReadonlyMap<string, LiveState>;
  readonly unread: ReadonlySet<string>;
  /** The chat in front of the person; it is never unread. */
  readonly open: string | null;
};
export type ListEvent =
  | { event: "list.rows"; rows: readonly SessionRow[] }
  | { event: "list.open"; chatId: string | null }
  | { event: "list.renamed"; chatId: string; title: string }
  | { event: "watching"; chats: readonly { chat_id: string; state: LiveState }[] }
  | { event: "chat_state"; chat_id: string; state: LiveState };

export const emptyList: ListState = { rows: [], live: new Map(), unread: new Set(), open: null };

export function reduceList(state: ListState, event: ListEvent): ListState {
  switch (event.event) {
    case "list.rows":
      return { ...state, rows: event.rows.map(listRow) };
    case "list.open":
      return { ...state, open: event.chatId, unread: without(state.unread, event.chatId) };
    case "list.renamed":
      return { ...state, rows: state.rows.map((row) => (row.id === event.chatId ? { ...row, title: event.title } : row)) };
    case "watching":
      return { ...state, live: new Map(event.chats.map((chat) => [chat.chat_id, chat.state])) };
    case "chat_state": {
      const live = new Map(state.live).set(event.chat_id, event.state);
      const ended = isAtWork(state.live.get(event.chat_id)) && !isAtWork(event.state);
      const unread = ended && event.chat_id !== state.open ? new Set(state.unread).add(event.chat_id) : state.unread;
      return { ...state, live, unread };
    }
  }
}

/** Its turn runs, or waits for a person. */
const isAtWork = (word: LiveState | undefined) => word === "running" || word === "waiting";

function without(set: ReadonlySet<string>, id: string | null): ReadonlySet<string> {
  if (id === null || !set.has(id)) return set;
  const next = new Set(set);
  next.delete(id);
  return next;
}

function listRow(row: SessionRow): ListRow {
  return {
    id: row.key.replace(/^websocket:/, ""),
    title: row.title || row.preview.split("\n", 1)[0]?.slice(0, 160) || "",
    updated: Date.parse(row.updated_at) || 0,
    project: row.workspace_scope?.project_name ?? "",
    preset: row.model_preset ?? null,
    scope: row.workspace_scope ?? null,
  };
}

export function markOf(state: ListState, id: string): Mark {
  const live = state.live.get(id);
  if (live === "waiting" || live === "running" || live === "failed") return live;
  return state.unread.has(id) ? "unread" : "none";
}
