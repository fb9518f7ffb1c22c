// How the chat in front acts: whether it may change things, what it asks about, its network, what holds its commands and which of them run.
// Read when the chat is opened, when a turn begins or ends, when a call ends, and replaced by what each change answers. A command that ran on
// in the background is taken off when its end is told.
import { computed, effect, signal } from "@preact/signals";
import { request, RequestFailed } from "../wire/request.ts";
import { link } from "../wire/socket.ts";
import type { ChatEvent } from "../wire/types.ts";
import type { ChatActing } from "../wire/types.gen.ts";
import { approvals, readApprovals } from "./approvals.ts";
import { heard } from "./heard.ts";
import { nextActing, type ActingFields } from "./nextacting.ts";
import { current } from "./route.ts";
import { without, type ActingHere } from "./actinghere.ts";
import { words } from "./words.ts";

/** Null: nothing is known yet, or this gateway's chats do not act. */
const told = signal<ActingHere | null>(null);

/** A chat that has not begun acts as chosen for it, else as every chat. */
function next(): ActingHere | null {
  const known = approvals.value;
  if (known === null) return null;
  const { mode = "act", preset = "", network = false } = nextActing.value;
  return { chat: "", facts: { chat_id: "", mode, preset: preset || known.preset, own_preset: preset !== "", network, sandbox: known.sandbox, commands: [] }, why: "" };
}

export const actingHere = computed<ActingHere | null>(() => {
  const id = current.value;
  if (id === null) return next();
  return told.value?.chat === id ? told.value : null;
});

/** Since when a command runs, as the gateway tells it; nothing where it does not. */
export const startedAt = (chat: string, call: string): number | undefined =>
  told.value?.chat === chat ? told.value.facts?.commands.find((one) => one.call_id === call && !one.background)?.started_at_ms : undefined;

let reading: string | null = null;
let again = false;

export async function readActing(chat: string): Promise<void> {
  if (reading === chat) {
    again = true;
    return;
  }
  reading = chat;
  const before = told.peek();
  let read: ActingHere | null;
  try {
    read = { chat, facts: await request<ChatActing>("chat.acting", { chat_id: chat }), why: "" };
  } catch (error) {
    read = refusal(chat, error);
  }
  if (reading !== chat) return;
  reading = null;
  // A change that was answered meanwhile is newer than what was read.
  if (told.peek() === before) told.value = read;
  if (!again) return;
  again = false;
  void readActing(chat);
}

/** No answer in time says nothing new; a gateway that knows no such question has no chats that act. */
function refusal(chat: string, error: unknown): ActingHere | null {
  if (error instanceof RequestFailed && error.status === 0) return told.peek();
  if (error instanceof RequestFailed && error.message.startsWith("unknown ")) return null;
  return { chat, facts: null, why: words(error) };
}

/** What may begin or end a command, or change what holds. */
function matters(event: ChatEvent): boolean {
  if (event.event === "turn_end" || event.event === "proposal_resolved") return true;
  if (event.event === "message") return event.tool_events?.some((one) => one.phase !== "start") === true;
  return event.event === "goal_status";
}

/** What is being read may still name the command, so that it is read once more. */
function drop(event: Extract<ChatEvent, { event: "command_ended" }>): void {
  again ||= reading === event.chat_id;
  told.value = without(told.peek(), event);
}

/** Reads for the chat in front as long as somebody looks; the returned function ends that. */
export function watchActing(): () => void {
  const hear = (event: ChatEvent) => {
    if (event.chat_id !== current.peek()) return;
    if (event.event === "command_ended") drop(event);
    else if (matters(event)) void readActing(event.chat_id);
  };
  heard.add(hear);
  const ended = effect(() => {
    const id = current.value;
    if (link.value.state !== "open") return;
    if (id === null) void readApprovals();
    else void readActing(id);
  });
  return () => {
    heard.delete(hear);
    ended();
  };
}

/** Of a chat, or of the one that has not begun; rejects with the gateway's words. */
export async function changeActing(chat: string, fields: ActingFields): Promise<ChatActing> {
  if (chat === "") {
    nextActing.value = { ...nextActing.value, ...fields };
    const chosen = next()?.facts;
    if (chosen != null) return chosen;
  }
  const facts = await request<ChatActing>("chat.acting.update", { chat_id: chat, ...fields });
  told.value = { chat, facts, why: "" };
  return facts;
}
