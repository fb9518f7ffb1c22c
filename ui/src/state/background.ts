// Whether a command that was left in the background still runs, as far as the gateway has told of the chat in front.
import { actingHere } from "./acting.ts";

export function stillRuns(chat: string, path: string): boolean {
  const here = actingHere.value;
  if (here === null || here.chat !== chat || here.facts === null) return true;
  return here.facts.commands.some((one) => one.path === path);
}
