// What changed in a file, hunk by hunk, each with its own way back; drawn only while the file is unfolded.
import { useComputed, useSignal } from "@preact/signals";
import { ta } from "../../i18n/acting.ts";
import { activeRow } from "../../state/changes-open.ts";
import { keyOf } from "../../state/changes.ts";
import { hunkStanding, waysOfHunk } from "../../state/ways.ts";
import { hunksOf, type Hunk } from "../../state/hunks.ts";
import { marked } from "../../state/marks.ts";
import type { ChangedFile } from "../../wire/types.gen.ts";
import { DiffLine } from "../row/diffline.tsx";
import { Shown } from "../row/shown.tsx";
import { LeftNote } from "./left.tsx";
import { Undo } from "./undo.tsx";

/** More lines of a hunk are drawn when somebody asks for them. */
const LINES_FIRST = 300;
const LINES_MORE = 2_000;

type Props = { chat: string; turn: number; file: ChangedFile };

export function FileBody(props: Props) {
  const { file } = props;
  const hunks = file.diff === undefined ? [] : hunksOf(file.diff.text);
  return (
    <div class="file-body">
      {file.too_big ? <p class="small">{ta("note.tooBigText")}</p> : null}
      {file.binary ? <p class="small">{ta("note.binaryText")}</p> : null}
      {hunks.length === 0 && !file.binary && !file.too_big ? <p class="small">{ta(file.operation === "mode" ? "note.mode" : "note.noDiff")}</p> : null}
      {hunks.map((hunk, at) => (
        <HunkBlock key={at} {...props} hunk={hunk} at={at} />
      ))}
      {file.diff?.truncated ? <p class="small">{ta("note.truncated")}</p> : null}
    </div>
  );
}

function HunkBlock(props: Props & { hunk: Hunk; at: number }) {
  const { chat, turn, file, hunk } = props;
  const target = { turn, path: file.path, hunk: props.at };
  const key = keyOf(target);
  const active = useComputed(() => activeRow.value === key);
  const most = useSignal(LINES_FIRST);
  const alone = props.at < file.hunks;
  const ways = alone ? waysOfHunk(file, props.at) : { revert: false, redo: false };
  const standing = alone ? hunkStanding(file, props.at) : null;
  const where = hunk.to === 0 ? ta("hunk.gone", { from: 1 }) : hunk.to === hunk.from ? ta("hunk.line", { from: hunk.from }) : ta("hunk.lines", { from: hunk.from, to: hunk.to });
  const hidden = hunk.lines.length - most.value;
  return (
    <div class={`hunk${standing === "reverted" ? " undone" : ""}`} data-item data-test="hunk">
      <div class="line-row hunk-row">
        <div class="row-button" role="group" aria-label={`${where}, ${marked(file.path)}`} data-row={key} tabIndex={active.value ? 0 : -1} onFocus={() => (activeRow.value = key)}>
          <span>{where}</span> <span class="folder"><Shown text={marked(hunk.within)} /></span>
        </div>
        {standing === "lost" ? (
          <span class="standing changed_since" title={ta("hunk.lostHint")} data-test="hunk-lost">
            {ta("standing.changed_since")}
          </span>
        ) : null}
        <Undo chat={chat} target={target} ways={ways} active={active.value} names={{ revert: ta("undo.hunk"), redo: ta("redo.hunk") }} />
      </div>
      <LeftNote chat={chat} target={target} />
      <div class="diff-lines" dir="ltr" role="group" aria-label={ta("hunk.diff", { path: marked(file.path) })}>
        {hunk.lines.slice(0, most.value).map((line, at) => (
          <DiffLine key={at} line={line} />
        ))}
      </div>
      {hidden > 0 ? (
        <button type="button" class="button quiet small more" onClick={() => (most.value += LINES_MORE)}>
          {ta("changes.moreLines", { n: Math.min(hidden, LINES_MORE) })}
        </button>
      ) : null}
    </div>
  );
}
