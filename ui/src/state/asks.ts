// Asking the gateway for a chat: a new one, a fork, a temporary one. The answer is `attached` with its id, or an error in the gateway's words.
import { newId } from "../wire/id.ts";
import { send } from "../wire/socket.ts";
import type { ChatEvent } from "../wire/types.ts";
import { later } from "./clock.ts";
import { t } from "../i18n/text.ts";

export type Scope = { project_path: string; access_mode: string };
export type AskFrame =
  | { type: "new_chat"; workspace_scope?: Scope }
  | { type: "fork_chat"; source_chat_id: string; before_user_index: number; title?: string }
  | { type: "new_temporary_chat" };

type Ask = { frame: AskFrame & { request_id: string }; done: (chatId: string) => void; failed: (why: string) => void; cancel: () => void };
/** Asked and not yet answered, oldest first. */
const asks = new Map<string, Ask>();
const LIMIT_MS = 20_000;

export function askForChat(frame: AskFrame): Promise<string> {
  const request_id = newId();
  return new Promise((done, reject) => {
    const failed = (why: string) => reject(new Error(why));
    const cancel = later(LIMIT_MS, () => {
      asks.delete(request_id);
      failed(t("send.noAnswer"));
    });
    const ask = { frame: { ...frame, request_id }, done, failed, cancel };
    asks.set(request_id, ask);
    send(ask.frame);
  });
}

/** After a reconnect: the same request makes one chat, so a new one is asked for again; the others are the person's to repeat. */
export function askAgain(): void {
  for (const [id, ask] of asks) {
    if (ask.frame.type === "new_chat") send(ask.frame);
    else end(id, ask).failed(t("link.away"));
  }
}

function end(id: string, ask: Ask): Ask {
  asks.delete(id);
  ask.cancel();
  return ask;
}

/** The ask that `attached` answers; `known` says whether the chat was asked for in another way. */
export function askAnswered(event: Extract<ChatEvent, { event: "attached" }>, known: boolean): AskFrame["type"] | null {
  const id = event.request_id ?? (known ? undefined : oldest((frame) => (frame.type === "new_temporary_chat") === (event.temporary === true)));
  const ask = id === undefined ? undefined : asks.get(id);
  if (id === undefined || ask === undefined) return null;
  end(id, ask);
  // The chat must be there before anyone goes to it.
  queueMicrotask(() => ask.done(event.chat_id));
  return ask.frame.type;
}

const REFUSES: Record<AskFrame["type"], (detail: string) => boolean> = {
  new_chat: (detail) => detail === "workspace_scope_rejected",
  fork_chat: (detail) => /^(invalid source_chat_id|invalid before_user_index|session_manager_unavailable|invalid fork source or index|fork_chat_failed)$/.test(detail),
  new_temporary_chat: (detail) => detail === "temporary_chat_unavailable" || detail === "access_denied",
};

/** True when an error without a chat ends an ask. */
export function askRefused(error: { detail: string; reason?: string; request_id?: string }): boolean {
  const id = error.request_id ?? oldest((frame) => REFUSES[frame.type](error.detail));
  const ask = id === undefined ? undefined : asks.get(id);
  if (id === undefined || ask === undefined) return false;
  end(id, ask).failed(error.reason ?? error.detail);
  return true;
}

function oldest(fits: (frame: AskFrame) => boolean): string | undefined {
  for (const [id, ask] of asks) if (fits(ask.frame)) return id;
  return undefined;
}
