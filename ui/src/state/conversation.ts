// What a person does in a chat, turned into frames: open, send, stop, retry, read older pages. Keeps unsent prompts across a reconnect.
import { readThread } from "../wire/api.ts";
import { newId } from "../wire/id.ts";
import { boot, instance, link, send } from "../wire/socket.ts";
import type { ChatEvent } from "../wire/types.ts";
import { chat, knownChat, openChats, type OpenChat } from "./chats.ts";
import { later } from "./clock.ts";
import { leaveGone } from "./route.ts";
import { t } from "../i18n/text.ts";

const FIRST_PAGE = 80;
const NEXT_PAGE = 120;
/** How long a missing event may stay missing before the thread is read again. */
const GAP_MS = 1_500;
const NEW_CHAT_MS = 20_000;

type Wish = { done: (chatId: string) => void; failed: (why: string) => void; cancel: () => void };
/** Chats asked for and not yet made, by the id of the wish; asked for again after a reconnect. */
const wishes = new Map<string, Wish>();
const asked = new Set<string>();

export function openChat(id: string): OpenChat {
  const entry = chat(id);
  if (entry.phase.value !== "ready" && !asked.has(id)) void readPage(entry);
  return entry;
}

/** Reads the newest page, shows it, and goes on live from its last event. */
async function readPage(entry: OpenChat): Promise<void> {
  asked.add(entry.id);
  if (entry.phase.value === "error") entry.phase.value = "loading";
  try {
    const page = await readThread(entry.id, FIRST_PAGE);
    if (page === null) leaveGone(entry.id);
    entry.apply([{ event: "local.page", page }]);
    entry.instance = instance.value;
    entry.phase.value = "ready";
    attach(entry);
  } catch (error) {
    if (entry.phase.value !== "ready") {
      entry.why.value = error instanceof Error ? error.message : "";
      entry.phase.value = "error";
    }
  } finally {
    asked.delete(entry.id);
  }
}

export function readAgain(entry: OpenChat): void {
  if (!asked.has(entry.id)) void readPage(entry);
}

function attach(entry: OpenChat): void {
  const known = entry.instance ?? instance.value;
  const sent = send({ type: "attach", chat_id: entry.id, after_seq: entry.state.lastSeq, ...(known === null ? {} : { instance: known }) });
  if (!sent) return;
  for (const one of entry.state.pending) if (one.failed === undefined) sendPrompt(entry.id, one.turnId, one.text);
}

/** A connection is up: every open chat goes on from where it was; chats whose page failed try again. */
export function onReady(): void {
  send({ type: "watch" });
  for (const request_id of wishes.keys()) send({ type: "new_chat", request_id });
  for (const entry of openChats()) {
    if (entry.phase.value === "ready") attach(entry);
    else readAgain(entry);
  }
}

export function onChatEvents(id: string, events: readonly ChatEvent[]): void {
  const entry = knownChat(id);
  if (entry === undefined) return;
  entry.apply(events);
  if (events.some((event) => event.event === "attached")) entry.instance = instance.value;
  if (entry.state.lost) return readAgain(entry);
  if (entry.state.held.length > 0) later(GAP_MS, () => entry.state.held.length > 0 && readAgain(entry));
}

/** `attached` with the id of a wish is its new chat. */
export function takeNewChat(event: Extract<ChatEvent, { event: "attached" }>): void {
  const wish = event.request_id === undefined ? undefined : wishes.get(event.request_id);
  if (event.request_id === undefined || wish === undefined) return;
  wishes.delete(event.request_id);
  wish.cancel();
  const entry = chat(event.chat_id);
  entry.apply([{ event: "local.page", page: { schemaVersion: 3, sessionKey: "", messages: [], last_seq: event.last_seq } }, event]);
  entry.instance = instance.value;
  entry.phase.value = "ready";
  wish.done(event.chat_id);
}

function newChat(): Promise<string> {
  const request_id = newId();
  return new Promise((done, reject) => {
    const failed = (why: string) => reject(new Error(why));
    const cancel = later(NEW_CHAT_MS, () => {
      wishes.delete(request_id);
      failed(t("send.noAnswer"));
    });
    wishes.set(request_id, { done, failed, cancel });
    send({ type: "new_chat", request_id });
  });
}

export function textLimit(): number {
  return boot.value?.limits?.message?.max_text_bytes ?? 65_536;
}

/** Sends a prompt; makes the chat first when there is none. Resolves with the chat's id. */
export async function sendText(chatId: string | null, text: string, preset: string | null = null): Promise<string> {
  if (chatId === null && link.value.state !== "open") throw new Error(t("send.offline"));
  const id = chatId ?? (await newChat());
  if (chatId === null && preset !== null) submit(id, `/model ${preset}`);
  submit(id, text);
  return id;
}

function submit(id: string, text: string): void {
  const turn_id = newId();
  chat(id).apply([{ event: "local.send", turn_id, text, at: Date.now() }]);
  sendPrompt(id, turn_id, text);
}

function sendPrompt(chatId: string, turn_id: string, content: string): void {
  send({ type: "message", chat_id: chatId, content, webui: true, turn_id });
}

export function stop(chatId: string): void {
  sendPrompt(chatId, newId(), "/stop");
}

export function switchModel(chatId: string, preset: string): void {
  submit(chatId, `/model ${preset}`);
}

/** Sends the turn's prompt again as a new one. */
export function retry(entry: OpenChat, turnId: string | undefined): void {
  const prompt = entry.state.messages.findLast((row) => row.role === "user" && (turnId === undefined || row.turnId === turnId));
  if (prompt) submit(entry.id, prompt.content);
}

export function resend(entry: OpenChat, turnId: string): void {
  const one = entry.state.pending.find((pending) => pending.turnId === turnId);
  if (one === undefined) return;
  discard(entry, turnId);
  submit(entry.id, one.text);
}

export function discard(entry: OpenChat, turnId: string): void {
  entry.apply([{ event: "local.dropped", turn_id: turnId }]);
}

export async function readOlder(entry: OpenChat): Promise<void> {
  const before = entry.before.value;
  if (before === null || entry.older.value === "loading") return;
  entry.older.value = "loading";
  try {
    const page = await readThread(entry.id, NEXT_PAGE, before);
    if (page !== null && entry.before.value === before) entry.apply([{ event: "local.older", page }]);
    entry.older.value = "idle";
  } catch {
    entry.older.value = "error";
  }
}
