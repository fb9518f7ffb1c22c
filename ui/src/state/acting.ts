// How the chat in front acts: whether it may change things, what it asks about, its network, what holds its commands and which of them run.
// Read when the chat is opened, when a turn begins or ends, when a command ends, and replaced by what each change answers.
import { effect, signal } from "@preact/signals";
import { request, RequestFailed } from "../wire/request.ts";
import { link } from "../wire/socket.ts";
import type { ChatEvent } from "../wire/types.ts";
import type { ApprovalPreset, ChatActing, ChatMode } from "../wire/types.gen.ts";
import { heard } from "./heard.ts";
import { current } from "./route.ts";
import { stopCommand } from "./running.ts";
import { words } from "./words.ts";

export type ActingHere = { readonly chat: string; readonly facts: ChatActing | null; /** Why the gateway does not say it; empty: it does. */ readonly why: string };
/** Null: nothing is known yet, or this gateway's chats do not act. */
export const actingHere = signal<ActingHere | null>(null);

let reading: string | null = null;
let again = false;

export async function readActing(chat: string): Promise<void> {
  if (reading === chat) {
    again = true;
    return;
  }
  reading = chat;
  if (actingHere.value !== null && actingHere.value.chat !== chat) actingHere.value = null;
  const before = actingHere.value;
  let next: ActingHere | null;
  try {
    next = { chat, facts: await request<ChatActing>("chat.acting", { chat_id: chat }), why: "" };
  } catch (error) {
    next = refusal(chat, error);
  }
  if (reading !== chat) return;
  reading = null;
  // A change that was answered meanwhile is newer than what was read.
  if (actingHere.value === before) actingHere.value = next;
  if (!again) return;
  again = false;
  void readActing(chat);
}

/** No answer in time says nothing new; a gateway that knows no such question has no chats that act. */
function refusal(chat: string, error: unknown): ActingHere | null {
  if (error instanceof RequestFailed && error.status === 0) return actingHere.value;
  if (error instanceof RequestFailed && error.message.startsWith("unknown ")) return null;
  return { chat, facts: null, why: words(error) };
}

/** What may begin or end a command, or change what holds. */
function matters(event: ChatEvent): boolean {
  if (event.event === "turn_end" || event.event === "proposal_resolved") return true;
  if (event.event === "message") return event.tool_events?.some((one) => one.phase !== "start") === true;
  return event.event === "goal_status";
}

/** Reads for the chat in front as long as somebody looks; the returned function ends that. */
export function watchActing(): () => void {
  const hear = (event: ChatEvent) => {
    if (event.chat_id === current.peek() && matters(event)) void readActing(event.chat_id);
  };
  heard.add(hear);
  const ended = effect(() => {
    const id = current.value;
    if (id === null) actingHere.value = null;
    else if (link.value.state === "open") void readActing(id);
  });
  return () => {
    heard.delete(hear);
    ended();
  };
}

/** An empty preset follows everybody's. */
export type ActingFields = { readonly mode?: ChatMode; readonly preset?: ApprovalPreset | ""; readonly network?: boolean };

export async function changeActing(chat: string, fields: ActingFields): Promise<ChatActing> {
  const facts = await request<ChatActing>("chat.acting.update", { chat_id: chat, ...fields });
  if (current.peek() === chat) actingHere.value = { chat, facts, why: "" };
  return facts;
}

export async function endCommand(chat: string, path: string): Promise<void> {
  await stopCommand(chat, path);
  await readActing(chat);
}
