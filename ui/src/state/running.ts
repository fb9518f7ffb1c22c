// What can be done with a command while it runs: end it, or let the turn go on without it.
import { signal } from "@preact/signals";
import { t } from "../i18n/text.ts";
import { request } from "../wire/request.ts";
import { toast } from "./toast.ts";
import { words } from "./words.ts";

/** Commands that were asked to end or to go on alone, until they are told of. */
export const asked = signal<ReadonlySet<string>>(new Set());

async function ask(what: "stop" | "background", chat_id: string, path: string): Promise<void> {
  const key = `${chat_id} ${path}`;
  if (asked.value.has(key)) return;
  asked.value = new Set(asked.value).add(key);
  try {
    await request(`command.${what}`, { chat_id, path });
  } catch (error) {
    toast(t(what === "stop" ? "command.notStopped" : "command.notLeft", { why: words(error) }), undefined, true);
  }
  asked.value = new Set([...asked.value].filter((one) => one !== key));
}

export const stopCommand = (chat: string, path: string): Promise<void> => ask("stop", chat, path);
export const leaveCommand = (chat: string, path: string): Promise<void> => ask("background", chat, path);
