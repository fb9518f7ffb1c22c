// Wires the connection to the folds: which event goes where, and what is read again when a connection is up.
import { effect, signal } from "@preact/signals";
import { takeSecretFromAddress } from "../wire/bootstrap.ts";
import { resendRequests, takeResponse } from "../wire/request.ts";
import { start, type AnyEvent } from "../wire/socket.ts";
import type { ChatEvent } from "../wire/types.ts";
import { t } from "../i18n/text.ts";
import { chat } from "./chats.ts";
import { onChatEvents, onReady, openChat, takeNewChat } from "./conversation.ts";
import { FrameQueue } from "./frame.ts";
import { foldList, refresh, refreshSoon } from "./list.ts";
import { current } from "./route.ts";
import { refreshSettings } from "./settings.ts";

/** Said once to a screen reader: an answer is complete, the connection came or went. */
export const announced = signal("");
/** 1009: what was sent is larger than the gateway takes. */
export const tooLarge = signal(false);

const queue = new FrameQueue<ChatEvent>((events) => {
  for (const [id, group] of grouped(events)) onChatEvents(id, group);
  for (const event of events) if (event.event === "turn_end" && event.chat_id === current.value) announceAnswer(event.chat_id);
});

function grouped(events: readonly ChatEvent[]): Map<string, ChatEvent[]> {
  const groups = new Map<string, ChatEvent[]>();
  for (const event of events) {
    const group = groups.get(event.chat_id);
    if (group === undefined) groups.set(event.chat_id, [event]);
    else group.push(event);
  }
  return groups;
}

function announceAnswer(chatId: string): void {
  const last = chat(chatId).state.messages.findLast((row) => row.role === "assistant");
  if (last) announced.value = t("announce.answer", { text: last.content.slice(0, 600) });
}

function take(event: AnyEvent): void {
  switch (event.event) {
    case "watching":
    case "chat_state":
      return foldList(event);
    case "session_updated":
    case "runtime_model_updated":
      return refreshSoon();
    case "webui_response":
      return takeResponse(event);
    case "ready":
      return;
    case "attached":
      takeNewChat(event);
      queue.push(event);
      return;
    default:
      if (typeof event.chat_id === "string") queue.push(event);
  }
}

export function startApp(): void {
  takeSecretFromAddress();
  effect(() => {
    const id = current.value;
    if (id !== null) openChat(id);
    foldList0(id);
  });
  start({
    ready: () => {
      onReady();
      resendRequests();
      void refresh();
      void refreshSettings();
    },
    event: take,
    closed: (code) => {
      if (code === 1009) tooLarge.value = true;
    },
  });
}

/** Marks the chat as seen without making the effect depend on the list. */
function foldList0(id: string | null): void {
  queueMicrotask(() => foldList({ event: "list.open", chatId: id }));
}
