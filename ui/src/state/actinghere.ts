// What is known of how a chat acts, and what is left of it when a command in the background has ended. Pure.
import type { ChatActing } from "../wire/types.gen.ts";

export type ActingHere = { readonly chat: string; readonly facts: ChatActing | null; /** Why the gateway does not say it; empty: it does. */ readonly why: string };

/** It runs no more in the chat it is told of; of another chat this says nothing. */
export function without(here: ActingHere | null, ended: { readonly chat_id: string; readonly path: string }): ActingHere | null {
  if (here?.chat !== ended.chat_id || here.facts === null) return here;
  return { ...here, facts: { ...here.facts, commands: here.facts.commands.filter((one) => one.path !== ended.path) } };
}
