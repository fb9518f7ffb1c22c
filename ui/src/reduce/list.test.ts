// The side bar's data: live marks.
import { expect, test } from "vitest";
import type { SessionRow } from "../wire/types.ts";
import { emptyList, markOf, reduceList, type ListEvent } from "./list.ts";

const session = (id: string, project: string, updated: string) => ({
  key: `websocket:${id}`, created_at: updated, updated_at: updated, title: `Chat ${id}`, preview: "", workspace_scope: { project_name: project },
}) as unknown as SessionRow;
const rows: ListEvent = { event: "list.rows", rows: [session("a", "app", "2026-11-21T01:00:00"), session("b", "", "2026-11-21T03:00:00"), session("c", "app", "2026-11-21T02:00:00")] };

test("a chat that ends its turn out of sight is unread until opened", () => {
  let state = reduceList(reduceList(emptyList, rows), { event: "watching", chats: [{ chat_id: "a", state: "running" }] });
  expect(markOf(state, "a")).toBe("running");
  state = reduceList(state, { event: "chat_state", chat_id: "a", state: "idle" });
  expect(markOf(state, "a")).toBe("unread");
  state = reduceList(state, { event: "list.open", chatId: "a" });
  expect(markOf(state, "a")).toBe("none");
  state = reduceList(state, { event: "chat_state", chat_id: "b", state: "running" });
  state = reduceList(state, { event: "chat_state", chat_id: "b", state: "waiting" });
  expect(markOf(state, "b")).toBe("waiting");
  state = reduceList(state, { event: "chat_state", chat_id: "b", state: "idle" });
  expect(markOf(state, "b")).toBe("unread");
  state = reduceList(state, { event: "chat_state", chat_id: "c", state: "failed" });
  expect(markOf(state, "c")).toBe("failed");
});
