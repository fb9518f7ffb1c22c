// Which answer ends which ask: by the request's id, else in order; refusals by their words.
import { beforeEach, expect, test } from "vitest";
import { Asks } from "./asks.ts";

let sent: { type: string; request_id: string }[] = [];
let asks: Asks;
beforeEach(() => {
  sent = [];
  asks = new Asks({ send: (frame) => sent.push(frame), id: () => `r${sent.length}`, later: () => () => {}, words: (why) => why });
});
const end = (asked: Promise<string>) => asked.then((id) => `made ${id}`, (error: Error) => `refused: ${error.message}`);

test("a new chat is known by its request, a fork and a temporary one by their order", async () => {
  const fresh = end(asks.forChat({ type: "new_chat" }));
  const fork = end(asks.forChat({ type: "fork_chat", source_chat_id: "a", before_user_index: 1 }));
  const passing = end(asks.forChat({ type: "new_temporary_chat" }));
  expect(asks.answered({ chat_id: "opened" }, true)).toBeNull();
  expect(asks.answered({ chat_id: "t", temporary: true }, false)).toBe("new_temporary_chat");
  expect(asks.answered({ chat_id: "f" }, false)).toBe("fork_chat");
  expect(asks.answered({ chat_id: "n", request_id: "r0" }, false)).toBe("new_chat");
  expect(asks.answered({ chat_id: "late" }, false)).toBeNull();
  expect(await Promise.all([fresh, fork, passing])).toEqual(["made n", "made f", "made t"]);
});

test("refusals find their ask", async () => {
  const fresh = end(asks.forChat({ type: "new_chat", workspace_scope: { project_path: "x", access_mode: "full" } }));
  const fork = end(asks.forChat({ type: "fork_chat", source_chat_id: "a", before_user_index: 9 }));
  expect(asks.refused({ detail: "invalid fork source or index" })).toBe(true);
  expect(asks.refused({ detail: "workspace_scope_rejected", reason: "project_path must be absolute" })).toBe(true);
  expect(asks.refused({ detail: "invalid chat_id" })).toBe(false);
  expect(await Promise.all([fresh, fork])).toEqual(["refused: project_path must be absolute", "refused: invalid fork source or index"]);
});

test("after a reconnect a new chat is asked for again, a fork is not", async () => {
  const fresh = end(asks.forChat({ type: "new_chat" }));
  const fork = end(asks.forChat({ type: "fork_chat", source_chat_id: "a", before_user_index: 0 }));
  asks.again();
  expect(sent.map((frame) => frame.type)).toEqual(["new_chat", "fork_chat", "new_chat"]);
  expect(sent[2]?.request_id).toBe("r0");
  asks.answered({ chat_id: "n", request_id: "r0" }, false);
  expect(await Promise.all([fresh, fork])).toEqual(["made n", "refused: away"]);
});
