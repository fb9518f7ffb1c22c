// One turn: what was asked, when, and every file it changed.
import { useComputed } from "@preact/signals";
import { files as countOf, ta } from "../../i18n/acting.ts";
import { ago, fullTime } from "../../i18n/text.ts";
import { activeRow, FILES_FIRST, FILES_MORE, filesShown, setUnfolded, showMoreFiles, turnOpen } from "../../state/changes-open.ts";
import { keyOf, readFiles } from "../../state/changes.ts";
import { toast } from "../../state/toast.ts";
import { words } from "../../state/words.ts";
import { waysOfTurn } from "../../state/ways.ts";
import { minute } from "../../state/clock.ts";
import type { TurnChanges } from "../../wire/types.gen.ts";
import { Icon } from "../icon.tsx";
import { File } from "./file.tsx";
import { Kept } from "./kept.tsx";
import { LeftNote } from "./left.tsx";
import { Lines, Undo } from "./undo.tsx";

type Props = { chat: string; turn: TurnChanges; newest: boolean };

export function Turn(props: Props) {
  const { chat, turn } = props;
  const target = { turn: turn.turn };
  const key = keyOf(target);
  const open = turnOpen(key, turn, props.newest);
  const active = useComputed(() => activeRow.value === key || (activeRow.value === null && props.newest));
  const sum = (name: "added" | "deleted") => turn.files.reduce((all, file) => all + file[name], 0);
  return (
    <section class="turn" data-item data-test="turn">
      <div class="line-row turn-row">
        <h3>
          <button type="button" class="row-button" data-row={key} tabIndex={active.value ? 0 : -1} aria-expanded={open} onFocus={() => (activeRow.value = key)} onClick={() => setUnfolded(key, !open)}>
            <span class={`twist${open ? " open" : ""}`}>
              <Icon name="chevron" />
            </span>
            <span class="what">
              <span class="prompt-line" dir="auto" title={turn.prompt}>
                {turn.prompt || ta("changes.noPrompt")}
              </span>
              <span class="facts-line">
                <time title={fullTime(turn.at_ms)}>{ta("changes.turnAt", { n: turn.turn, time: ago(turn.at_ms, minute.value) })}</time> · {countOf(allOf(turn))} {turn.more === undefined ? <Lines added={sum("added")} deleted={sum("deleted")} /> : null}
              </span>
            </span>
          </button>
        </h3>
        <Undo chat={chat} target={target} ways={waysOfTurn(turn)} active={active.value} names={{ revert: ta("undo.turn", { n: turn.turn }), redo: ta("redo.turn", { n: turn.turn }) }} />
      </div>
      <LeftNote chat={chat} target={target} />
      <Kept chat={chat} target={target} />
      {open ? <Files {...props} /> : null}
    </section>
  );
}

/** With those that are not read yet. */
const allOf = (turn: TurnChanges) => turn.files.length + (turn.more ?? 0);

function Files(props: Props) {
  const { chat, turn } = props;
  const most = filesShown.value.get(turn.turn) ?? FILES_FIRST;
  const all = allOf(turn);
  const shown = Math.min(most, turn.files.length);
  const more = () => {
    showMoreFiles(turn.turn);
    void readFiles(chat, turn.turn, shown + FILES_MORE).catch((error: unknown) => toast(words(error), undefined, true));
  };
  return (
    <>
      {turn.note === undefined ? null : <p class="turn-note small">{turn.note}</p>}
      <ul class="files">
        {turn.files.slice(0, shown).map((file) => (
          <File key={file.path} chat={chat} turn={turn.turn} file={file} />
        ))}
      </ul>
      {all > shown ? (
        <button type="button" class="button quiet small more" onClick={more} data-test="more-files">
          {ta("changes.moreFiles", { n: Math.min(all - shown, FILES_MORE), all })}
        </button>
      ) : null}
    </>
  );
}
