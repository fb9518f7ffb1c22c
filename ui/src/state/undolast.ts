// Takes back what the newest turn changed, from anywhere in the window; the panel shows what came of it.
import { counted, ta } from "../i18n/acting.ts";
import { request } from "../wire/request.ts";
import type { ChangeList } from "../wire/types.gen.ts";
import { left, keyOf, outcome, undo } from "./changes.ts";
import { openPanel } from "./panel.ts";
import { toast } from "./toast.ts";
import { lastTurn } from "./ways.ts";
import { words } from "./words.ts";

export async function undoLast(chat: string): Promise<void> {
  let turn: number;
  try {
    const found = lastTurn((await request<ChangeList>("changes.list", { chat_id: chat })).turns);
    if (found === undefined) return void toast(ta("undo.none"));
    turn = found.turn;
  } catch (error) {
    return void toast(words(error), undefined, true);
  }
  openPanel("changes", turn);
  const target = { turn };
  await undo(chat, target, "revert");
  if (left.peek().has(keyOf(target))) return;
  const done = outcome.peek()?.done ?? [];
  toast(ta("undo.turnDone", { n: turn, files: counted(done) }), { label: ta("redo"), run: () => void undo(chat, target, "redo") });
}
