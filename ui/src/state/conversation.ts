// What a person does in a chat, turned into frames: open, send, stop, retry, read older pages. Keeps unsent prompts across a reconnect.
import { readThread } from "../wire/api.ts";
import { newId } from "../wire/id.ts";
import { boot, instance, link, send } from "../wire/socket.ts";
import type { ChatEvent, ThreadPage } from "../wire/types.ts";
import { asks } from "./asking.ts";
import type { Scope } from "./asks.ts";
import { sentItem, shownItem, type Attachment } from "./attachments.ts";
import { chat, knownChat, openChats, type OpenChat } from "./chats.ts";
import { later } from "./clock.ts";
import { tellActing, type ActingFields } from "./nextacting.ts";
import { leaveGone } from "./route.ts";
import { t } from "../i18n/text.ts";

const FIRST_PAGE = 80;
const NEXT_PAGE = 120;
/** How long a missing event may stay missing before the thread is read again. */
const GAP_MS = 1_500;

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
    entry.promptsBefore = page?.page?.user_message_offset ?? 0;
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
  asks.again();
  for (const entry of openChats()) {
    if (entry.temporary) continue;
    if (entry.phase.value === "ready") attach(entry);
    else readAgain(entry);
  }
}

export function onChatEvents(id: string, events: readonly ChatEvent[]): void {
  const entry = knownChat(id);
  if (entry === undefined) return;
  entry.apply(events);
  for (const event of events) if (event.event === "message_accepted") extras.delete(event.turn_id);
  if (events.some((event) => event.event === "attached")) entry.instance = instance.value;
  if (entry.state.lost) return readAgain(entry);
  if (entry.state.held.length > 0) later(GAP_MS, () => entry.state.held.length > 0 && readAgain(entry));
}

/** `attached` may be the answer to an ask; a new chat is empty and at once ready, a fork's page is read when it is opened. */
export function takeAnswer(event: Extract<ChatEvent, { event: "attached" }>): void {
  const type = asks.answered(event, knownChat(event.chat_id) !== undefined);
  if (type === null || type === "fork_chat") return;
  const entry = chat(event.chat_id);
  entry.temporary = type === "new_temporary_chat";
  entry.apply([{ event: "local.page", page: { schemaVersion: 3, sessionKey: "", messages: [], last_seq: event.last_seq ?? 0 } }, event]);
  entry.instance = instance.value;
  entry.phase.value = "ready";
}

export function textLimit(): number {
  return boot.value?.limits?.message?.max_text_bytes ?? 65_536;
}

/** What a message carries besides its text. */
export type Extras = { attached?: readonly Attachment[]; quoted?: string };
export type First = { preset?: string | null; scope?: Scope | null; acting?: ActingFields };
/** What goes with a prompt until it is accepted, by its turn; a reconnect sends it again whole. */
const extras = new Map<string, { media?: { upload_id: string; name: string }[]; quoted_context?: string }>();

/** Sends a prompt; makes the chat first when there is none. Resolves with the chat's id. */
export async function sendText(chatId: string | null, text: string, extra: Extras = {}, first: First = {}): Promise<string> {
  if (chatId !== null) {
    submit(chatId, text, extra);
    return chatId;
  }
  if (link.value.state !== "open") throw new Error(t("send.offline"));
  const scope = first.scope ?? null;
  const id = await asks.forChat({ type: "new_chat", ...(scope === null ? {} : { workspace_scope: scope }) });
  await tellActing(id, first.acting ?? {});
  if (first.preset != null) submit(id, `/model ${first.preset}`);
  submit(id, text, extra);
  return id;
}

export function submit(id: string, text: string, extra: Extras = {}): void {
  const turn_id = newId();
  const { attached = [], quoted } = extra;
  if (attached.length > 0 || quoted) extras.set(turn_id, { ...(attached.length > 0 ? { media: attached.map(sentItem) } : {}), ...(quoted ? { quoted_context: quoted } : {}) });
  chat(id).apply([{ event: "local.send", turn_id, text, at: Date.now(), ...(attached.length > 0 ? { media: attached.map(shownItem) } : {}) }]);
  sendPrompt(id, turn_id, text);
}

function sendPrompt(chatId: string, turn_id: string, content: string): void {
  send({ type: "message", chat_id: chatId, content, webui: true, turn_id, ...extras.get(turn_id) });
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
  const extra = extras.get(turnId);
  discard(entry, turnId);
  const turn_id = newId();
  if (extra !== undefined) extras.set(turn_id, extra);
  entry.apply([{ event: "local.send", turn_id, text: one.text, at: Date.now(), ...(one.media === undefined ? {} : { media: one.media }) }]);
  sendPrompt(entry.id, turn_id, one.text);
}

/** What went with a prompt that was refused, for writing it anew. */
export function extrasOf(turnId: string): { media: readonly { upload_id: string; name: string }[]; quoted: string } {
  const extra = extras.get(turnId);
  return { media: extra?.media ?? [], quoted: extra?.quoted_context ?? "" };
}

export function discard(entry: OpenChat, turnId: string): void {
  extras.delete(turnId);
  entry.apply([{ event: "local.dropped", turn_id: turnId }]);
}

/** Older pages on their way, each asked for once. */
const coming = new WeakMap<OpenChat, Promise<void>>();

/** Reads the page before the first row, of so many rows; whoever asks meanwhile waits for the same page. */
export function readOlder(entry: OpenChat, most = NEXT_PAGE): Promise<void> {
  const known = coming.get(entry);
  if (known !== undefined) return known;
  const page = readPageBefore(entry, most).finally(() => coming.delete(entry));
  coming.set(entry, page);
  return page;
}

async function readPageBefore(entry: OpenChat, most: number): Promise<void> {
  const before = entry.before.peek();
  if (before === null) return;
  entry.older.value = "loading";
  try {
    const page = await readThread(entry.id, most, before);
    if (page !== null && entry.before.value === before) takeOlder(entry, page);
    entry.older.value = "idle";
  } catch {
    entry.older.value = "error";
  }
}

function takeOlder(entry: OpenChat, page: ThreadPage): void {
  entry.apply([{ event: "local.older", page }]);
  entry.promptsBefore = page.page?.user_message_offset ?? 0;
}
