// What can be done with a command while it runs: end it, or let the turn go on without it.
import { signal } from "@preact/signals";
import { t } from "../i18n/text.ts";
import { request } from "../wire/request.ts";
import type { ChatActing } from "../wire/types.gen.ts";
import type { ToolEvent } from "../wire/types.ts";
import type { OpenChat } from "./chats.ts";
import { toast } from "./toast.ts";
import { words } from "./words.ts";

/** Commands that were asked to end or to go on alone, until the gateway answers. */
export const asked = signal<ReadonlySet<string>>(new Set());
export const askKey = (chat: OpenChat, tool: ToolEvent): string => `${chat.id} ${tool.call_id}`;

/** The command's record: told with its output, or else known to the gateway. */
async function recordOf(chat: OpenChat, tool: ToolEvent): Promise<string> {
  const told = chat.state.messages.findLast((row) => row.outputs?.some((one) => one.call_id === tool.call_id));
  const known = tool.path ?? told?.outputs?.find((one) => one.call_id === tool.call_id)?.path;
  if (known !== undefined) return known;
  const { commands } = await request<ChatActing>("chat.acting", { chat_id: chat.id });
  const found = commands.find((one) => one.call_id === tool.call_id);
  if (found === undefined) throw new Error(t("command.over"));
  return found.path;
}

async function ask(what: "stop" | "background", key: string, chat_id: string, record: () => Promise<string>): Promise<void> {
  if (asked.value.has(key)) return;
  asked.value = new Set(asked.value).add(key);
  try {
    await request(`command.${what}`, { chat_id, path: await record() });
  } catch (error) {
    toast(t(what === "stop" ? "command.notStopped" : "command.notLeft", { why: words(error) }), undefined, true);
  }
  asked.value = new Set([...asked.value].filter((one) => one !== key));
}

/** By its record. */
export const stopCommand = (chat: string, path: string): Promise<void> => ask("stop", `${chat} ${path}`, chat, () => Promise.resolve(path));
/** By its call. */
export const stopCall = (chat: OpenChat, tool: ToolEvent): Promise<void> => ask("stop", askKey(chat, tool), chat.id, () => recordOf(chat, tool));
export const leaveCall = (chat: OpenChat, tool: ToolEvent): Promise<void> => ask("background", askKey(chat, tool), chat.id, () => recordOf(chat, tool));
