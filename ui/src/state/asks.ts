// Asking the gateway for a chat: a new one, a fork, a temporary one. The answer is `attached` with its id, or an error in the gateway's words.
import type { ChatEvent } from "../wire/types.ts";

export type Scope = { project_path: string; access_mode: string };
export type AskFrame =
  | { type: "new_chat"; workspace_scope?: Scope }
  | { type: "fork_chat"; source_chat_id: string; before_user_index: number; title?: string }
  | { type: "new_temporary_chat" };
type Sent = AskFrame & { request_id: string };
type Ask = { frame: Sent; done: (chatId: string) => void; failed: (why: string) => void; cancel: () => void };
/** What an ask needs of the page: its line, its ids, its clock, its words. */
export type Around = { send: (frame: Sent) => void; id: () => string; later: (ms: number, run: () => void) => () => void; words: (why: "late" | "away") => string };

const LIMIT_MS = 20_000;

const REFUSES: Record<AskFrame["type"], (detail: string) => boolean> = {
  new_chat: (detail) => detail === "workspace_scope_rejected",
  fork_chat: (detail) => /^(invalid source_chat_id|invalid before_user_index|session_manager_unavailable|invalid fork source or index|fork_chat_failed)$/.test(detail),
  new_temporary_chat: (detail) => detail === "temporary_chat_unavailable" || detail === "access_denied",
};

export class Asks {
  /** Asked and not yet answered, oldest first. */
  private readonly open = new Map<string, Ask>();

  constructor(private readonly around: Around) {}

  forChat(frame: AskFrame): Promise<string> {
    const { send, id, later, words } = this.around;
    const request_id = id();
    return new Promise((done, reject) => {
      const failed = (why: string) => reject(new Error(why));
      const cancel = later(LIMIT_MS, () => {
        this.open.delete(request_id);
        failed(words("late"));
      });
      const ask = { frame: { ...frame, request_id }, done, failed, cancel };
      this.open.set(request_id, ask);
      send(ask.frame);
    });
  }

  /** After a reconnect: the same request makes one chat, so a new one is asked for again; the others are the person's to repeat. */
  again(): void {
    for (const [id, ask] of this.open) {
      if (ask.frame.type === "new_chat") this.around.send(ask.frame);
      else this.end(id)?.failed(this.around.words("away"));
    }
  }

  /** What was asked for when `attached` answers an ask; `known` says that the chat is open for another reason. */
  answered(event: Pick<Extract<ChatEvent, { event: "attached" }>, "chat_id" | "request_id" | "temporary">, known: boolean): AskFrame["type"] | null {
    // Only a new chat names its request; the others are answered in their order.
    const type = event.temporary === true ? "new_temporary_chat" : "fork_chat";
    const ask = this.end(event.request_id ?? (known ? undefined : this.oldest((frame) => frame.type === type)));
    // The chat must be there before anyone goes to it.
    if (ask !== undefined) queueMicrotask(() => ask.done(event.chat_id));
    return ask?.frame.type ?? null;
  }

  /** True when an error without a chat ends an ask. */
  refused(error: { detail: string; reason?: string; request_id?: string }): boolean {
    const ask = this.end(error.request_id ?? this.oldest((frame) => REFUSES[frame.type](error.detail)));
    ask?.failed(error.reason ?? error.detail);
    return ask !== undefined;
  }

  private end(id: string | undefined): Ask | undefined {
    const ask = id === undefined ? undefined : this.open.get(id);
    if (id !== undefined) this.open.delete(id);
    ask?.cancel();
    return ask;
  }

  private oldest(fits: (frame: AskFrame) => boolean): string | undefined {
    for (const [id, ask] of this.open) if (fits(ask.frame)) return id;
    return undefined;
  }
}
