// The way back for a whole turn, from the conversation.
import { changes, readChanges, undo } from "./changes.ts";
import type { Way } from "./ways.ts";

/** Takes a whole turn back, or does it again; what comes of it stands beside the turns of its chat, which are read before. */
export async function undoTurn(chat: string, turn: number, way: Way): Promise<void> {
  if (changes.peek()?.chat !== chat) await readChanges(chat);
  await undo(chat, { turn }, way);
}

/** Whether what was left alone is about this chat. */
export const isAbout = (chat: string): boolean => changes.value?.chat === chat;
