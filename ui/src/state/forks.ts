// Going back in a chat without losing it: a fork has everything before one prompt, and goes on by itself.
import { effect } from "@preact/signals";
import type { MediaItem, Message } from "../wire/types.ts";
import { readMedia } from "../wire/media.ts";
import { asks } from "./asking.ts";
import { addFiles, attachmentsOf, takeAttached } from "./attachments.ts";
import type { OpenChat } from "./chats.ts";
import { fillComposer, setText } from "./compose.ts";
import { submit } from "./conversation.ts";
import { promptsBefore } from "./plain.ts";
import { go } from "./route.ts";
import { toastError } from "./toast.ts";

async function fork(entry: OpenChat, before_user_index: number): Promise<string | null> {
  try {
    const id = await asks.forChat({ type: "fork_chat", source_chat_id: entry.id, before_user_index });
    go(id);
    return id;
  } catch (error) {
    toastError("fork.failed", error);
    return null;
  }
}

/** A new chat with everything up to and including this answer. */
export async function forkAfter(entry: OpenChat, row: Message): Promise<void> {
  if ((await fork(entry, promptsBefore(entry, row.id))) !== null) fillComposer("");
}

/** A new chat with everything before this prompt, and the prompt in its composer. */
export async function editAndResend(entry: OpenChat, row: Message): Promise<void> {
  const id = await fork(entry, promptsBefore(entry, row.id));
  if (id === null) return;
  fillComposer(row.content);
  await attachAgain(id, row.media ?? row.images ?? []);
}

/** The same prompt once more, in a new chat with everything before it. */
export async function regenerate(entry: OpenChat, answer: Message): Promise<void> {
  const rows = entry.state.messages;
  const at = rows.findIndex((row) => row.id === answer.id);
  const prompt = rows.slice(0, at).findLast((row) => row.role === "user");
  if (prompt === undefined) return;
  const id = await fork(entry, promptsBefore(entry, prompt.id));
  if (id === null) return;
  const media = prompt.media ?? prompt.images ?? [];
  if (media.length === 0) return submit(id, prompt.content);
  fillComposer(prompt.content);
  await attachAgain(id, media);
  if (!(await sent(id))) return;
  setText("");
  submit(id, prompt.content, { attached: takeAttached(id) });
}

async function attachAgain(chatId: string, media: readonly MediaItem[]): Promise<void> {
  const files = await Promise.all(media.map((item) => (item.url ? readMedia(item.url, item.name ?? "file").catch(() => null) : null)));
  addFiles(chatId, files.filter((file) => file !== null));
}

/** Resolves once nothing is under way any more: true when all attachments are at the gateway. */
function sent(chatId: string): Promise<boolean> {
  return new Promise((done) => {
    const stop = effect(() => {
      const list = attachmentsOf(chatId);
      if (list.some((one) => one.state === "preparing" || one.state === "sending")) return;
      queueMicrotask(() => stop());
      done(list.length > 0 && list.every((one) => one.state === "done"));
    });
  });
}
