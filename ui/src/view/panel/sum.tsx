// How much the chat changed, in a few words beside the panel's name, and what the last undo came to.
import { counted, files, ta } from "../../i18n/acting.ts";
import { changes, outcome } from "../../state/changes.ts";
import { current } from "../../state/route.ts";

export function Sum() {
  const here = changes.value;
  const turns = here?.chat === current.value ? here.turns : [];
  const paths = new Set(turns.flatMap((turn) => turn.files.map((file) => file.path)));
  const unread = turns.reduce((all, turn) => all + (turn.more ?? 0), 0);
  return (
    <>
      {turns.length === 0 ? null : <span class="faint small">{ta(turns.length === 1 ? "changes.sumOne" : "changes.sum", { files: files(paths.size + unread), turns: turns.length })}</span>}
      <span class="visually-hidden" role="status">
        {told()}
      </span>
    </>
  );
}

function told(): string {
  const last = outcome.value;
  if (last === null) return "";
  const done = last.done.length > 0 ? ta(last.way === "revert" ? "undone" : "redone", { files: counted(last.done) }) : "";
  const not = last.refused > 0 ? ta("undone.not", { files: files(last.refused) }) : "";
  return [done, not].filter(Boolean).join(". ");
}
