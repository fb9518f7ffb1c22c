// One changed file: what became of it, how it stands now, and its changes when it is unfolded.
import { useComputed } from "@preact/signals";
import { ta } from "../../i18n/acting.ts";
import { activeRow, fileOpen, setUnfolded } from "../../state/changes-open.ts";
import { keyOf } from "../../state/changes.ts";
import { isPartly, waysOf } from "../../state/ways.ts";
import { marked } from "../../state/marks.ts";
import type { ChangedFile } from "../../wire/types.gen.ts";
import { Icon } from "../icon.tsx";
import { Shown } from "../row/shown.tsx";
import { FileBody } from "./filebody.tsx";
import { Kept } from "./kept.tsx";
import { LeftNote } from "./left.tsx";
import { Lines, Undo } from "./undo.tsx";

export function File(props: { chat: string; turn: number; file: ChangedFile }) {
  const { chat, turn, file } = props;
  const target = { turn, path: file.path };
  const key = keyOf(target);
  const open = fileOpen(key);
  const active = useComputed(() => activeRow.value === key);
  const path = marked(file.path);
  const cut = path.lastIndexOf("/") + 1;
  return (
    <li class={`file is-${file.standing}`} data-item data-test="changed-file" data-path={file.path}>
      <div class="line-row">
        <button type="button" class="row-button" data-row={key} tabIndex={active.value ? 0 : -1} aria-expanded={open} onFocus={() => (activeRow.value = key)} onClick={() => setUnfolded(key, !open)}>
          <span class={`twist${open ? " open" : ""}`}>
            <Icon name="chevron" />
          </span>
          <span class="what">
            <span class="path-line" dir="ltr" title={path}>
              <bdi class="name">
                <Shown text={path.slice(cut)} />
              </bdi>{" "}
              <span class="folder">
                <Shown text={path.slice(0, cut).replace(/\/$/, "")} />
              </span>
            </span>
            <span class="facts-line">
              <Lines added={file.added} deleted={file.deleted} />
              <Facts file={file} />
            </span>
          </span>
        </button>
        <Undo chat={chat} target={target} ways={waysOf(file)} active={active.value} names={{ revert: ta("undo.file", { path }), redo: ta("redo.file", { path }) }} />
      </div>
      <LeftNote chat={chat} target={target} />
      <Kept chat={chat} target={target} />
      {open ? <FileBody chat={chat} turn={turn} file={file} /> : null}
    </li>
  );
}

function Facts(props: { file: ChangedFile }) {
  const { file } = props;
  return (
    <>
      {file.operation === "change" ? null : <span class={`op ${file.operation}`}>{ta(`op.${file.operation}`)}</span>}
      {isPartly(file) ? <span class="standing reverted">{ta("standing.partly")}</span> : null}
      {file.standing === "applied" ? null : (
        <span class={`standing ${file.standing}`} title={file.standing === "changed_since" ? ta("standing.changed_sinceHint") : undefined}>
          {ta(`standing.${file.standing}`)}
        </span>
      )}
      {file.binary ? <span>{ta("note.binary")}</span> : null}
      {file.too_big ? <span class="standing changed_since">{ta("note.tooBig")}</span> : null}
      {file.by_command ? <span>{ta("by.command")}</span> : null}
    </>
  );
}
