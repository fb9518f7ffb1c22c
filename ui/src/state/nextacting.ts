// How a chat that has not begun is to act: chosen before its first message, told to the gateway before that message goes.
import { effect, signal } from "@preact/signals";
import { request } from "../wire/request.ts";
import type { ApprovalPreset, ChatMode } from "../wire/types.gen.ts";
import { current } from "./route.ts";

/** An empty preset follows everybody's. */
export type ActingFields = { readonly mode?: ChatMode; readonly preset?: ApprovalPreset | ""; readonly network?: boolean };
export const nextActing = signal<ActingFields>({});

/** Rejects when the gateway does not take it: then nothing may be sent. */
export async function tellActing(chat: string, fields: ActingFields): Promise<void> {
  if (Object.keys(fields).length > 0) await request("chat.acting.update", { chat_id: chat, ...fields });
}

// It was chosen for one chat, not for every one that follows.
effect(() => {
  if (current.value !== null) nextActing.value = {};
});
