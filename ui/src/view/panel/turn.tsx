// One turn: what was asked, when, and every file it changed.
import { useComputed } from "@preact/signals";
import { files as countOf, ta } from "../../i18n/acting.ts";
import { ago, fullTime } from "../../i18n/text.ts";
import { activeRow, FILES_FIRST, FILES_MORE, filesShown, setUnfolded, showMoreFiles, turnOpen } from "../../state/changes-open.ts";
import { keyOf } from "../../state/changes.ts";
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
                <time title={fullTime(turn.at_ms)}>{ta("changes.turnAt", { n: turn.turn, time: ago(turn.at_ms, minute.value) })}</time> · {countOf(turn.files.length)} <Lines added={sum("added")} deleted={sum("deleted")} />
              </span>
            </span>
          </button>
        </h3>
        <Undo chat={chat} target={target} ways={waysOfTurn(turn.files)} active={active.value} names={{ revert: ta("undo.turn", { n: turn.turn }), redo: ta("redo.turn", { n: turn.turn }) }} />
      </div>
      <LeftNote chat={chat} target={target} />
      <Kept chat={chat} target={target} />
      {open ? <Files {...props} /> : null}
    </section>
  );
}

function Files(props: Props) {
  const { chat, turn } = props;
  const most = filesShown.value.get(turn.turn) ?? FILES_FIRST;
  const hidden = turn.files.length - most;
  return (
    <>
      {turn.note === undefined ? null : <p class="turn-note small">{turn.note}</p>}
      <ul class="files">
        {turn.files.slice(0, most).map((file) => (
          <File key={file.path} chat={chat} turn={turn.turn} file={file} />
        ))}
      </ul>
      {hidden > 0 ? (
        <button type="button" class="button quiet small more" onClick={() => showMoreFiles(turn.turn)} data-test="more-files">
          {ta("changes.moreFiles", { n: Math.min(hidden, FILES_MORE), all: turn.files.length })}
        </button>
      ) : null}
    </>
  );
}
