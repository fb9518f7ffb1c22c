// What a turn changed, as one line beneath it: how much, a way to look at it, and the way back. What a person took back is a quiet line.
import { useSignal } from "@preact/signals";
import { grouped, td } from "../../i18n/doing.ts";
import type { OpenChat } from "../../state/chats.ts";
import { filesOf, keyOf, underway } from "../../state/changes.ts";
import { openPanel } from "../../state/panel.ts";
import { backOf } from "../../state/backs.ts";
import { marked } from "../../state/marks.ts";
import { areFolders, standingOf, type Standing } from "../../state/standing.ts";
import { isAbout, undoTurn } from "../../state/undone.ts";
import type { Changes } from "../../wire/types.gen.ts";
import type { Message } from "../../wire/types.ts";
import { Icon } from "../icon.tsx";
import { LeftNote } from "../panel/left.tsx";
import { Shown } from "../row/shown.tsx";

export function ChangesRow(props: { message: Message; chat: OpenChat }) {
  const changes = props.message.changes;
  if (changes === undefined) return null;
  return changes.action === "made" ? <Made changes={changes} chat={props.chat} /> : <Backs message={props.message} chat={props.chat} />;
}

/** Read anew with every row that comes or goes: the one after this may tell it. */
function Backs(props: { message: Message; chat: OpenChat }) {
  void props.chat.ids.value;
  const changes = backOf(props.chat.state.messages, props.message.id);
  return changes === null ? null : <Back changes={changes} />;
}

const WORDS = { made: ["changes.one", "changes.many"], reverted: ["changes.revertedOne", "changes.revertedMany"], redone: ["changes.redoneOne", "changes.redoneMany"] } as const;
const FOLDERS = {
  made: ["changes.oneFolder", "changes.manyFolders"],
  reverted: ["changes.revertedOneFolder", "changes.revertedManyFolders"],
  redone: ["changes.redoneOneFolder", "changes.redoneManyFolders"],
} as const;

function wordsOf(changes: Changes): string {
  const [one, many] = (areFolders(changes.paths) ? FOLDERS : WORDS)[changes.action];
  const all = changes.paths.length + (changes.more ?? 0);
  return all === 1 ? td(one) : td(many, { n: grouped(all) });
}

/** More names than this are told by the panel. */
const NAMES = 12;
const names = (changes: Changes) => [...changes.paths.slice(0, NAMES), ...(changes.paths.length > NAMES ? ["…"] : [])].join("\n");

function Made(props: { changes: Changes; chat: OpenChat }) {
  const { changes, chat } = props;
  // Read anew with every row that comes or goes.
  void chat.ids.value;
  const files = isAbout(chat.id) ? filesOf({ turn: changes.turn }) : [];
  const unkept = new Set(files.filter((file) => file.too_big).map((file) => file.path));
  const standing = standingOf(chat.state.messages, changes.turn, unkept);
  return (
    <>
      <div class={`changes-line ${standing}`} data-test="changes" role="group" aria-label={wordsOf(changes)}>
        <Icon name="changes" />
        <span class="words" title={names(changes)}>
          {wordsOf(changes)} <Counts changes={changes} />
          {standing === "made" ? null : <span class="soft"> · {td(standing === "undone" ? "changes.undone" : "changes.partly")}</span>}
        </span>
        <button type="button" class="button small" data-test="changes-review" onClick={() => openPanel("changes", changes.turn)}>
          {td("changes.review")}
        </button>
        <Way chat={chat.id} turn={changes.turn} standing={standing} />
      </div>
      {changes.note === undefined ? null : <p class="small warn-text">{changes.note}</p>}
      {isAbout(chat.id) ? <LeftNote chat={chat.id} target={{ turn: changes.turn }} /> : null}
    </>
  );
}

function Counts(props: { changes: Changes }) {
  const { added, deleted } = props.changes;
  if (added + deleted === 0) return null;
  return (
    <span class="counts">
      <span class="add">+{grouped(added)}</span> <span class="del">−{grouped(deleted)}</span>
    </span>
  );
}

function Way(props: { chat: string; turn: number; standing: Standing }) {
  const { chat, turn, standing } = props;
  const begun = useSignal(false);
  const busy = begun.value || (isAbout(chat) && underway.value.has(keyOf({ turn })));
  const way = standing === "undone" ? "redo" : "revert";
  const words = busy ? td(way === "redo" ? "changes.redoing" : "changes.undoing") : td(way === "redo" ? "changes.redo" : "changes.undo");
  const act = () => {
    begun.value = true;
    void undoTurn(chat, turn, way).finally(() => (begun.value = false));
  };
  return (
    <button type="button" class="button small" disabled={busy} data-test={way === "redo" ? "changes-redo" : "changes-undo"} onClick={act}>
      <Icon name={way === "redo" ? "redo" : "undo"} />
      {words}
    </button>
  );
}

/** What it is about: the one path, or how many there are. */
function whatOf({ paths, more = 0 }: Changes): string {
  if (paths.length + more === 1) return marked(paths[0] ?? "");
  return td(areFolders(paths) ? "changes.folders" : "changes.files", { n: grouped(paths.length + more) });
}

/** How much a person took back or did again. Chats of before were not told that: theirs say which files. */
function backWords(changes: Changes): string {
  const turn = td("changes.ofTurn", { n: changes.turn });
  const what = whatOf(changes);
  const again = changes.action === "redone";
  switch (changes.extent) {
    case "turn":
      return `${td(again ? "changes.turnRedone" : "changes.turnReverted", { n: changes.turn })} · ${what}`;
    case "file":
      return `${td(again ? "changes.fileRedone" : "changes.fileReverted", { what })} · ${turn}`;
    case "hunk":
      return `${td(again ? "changes.hunkRedone" : "changes.hunkReverted", { what })} · ${turn}`;
    case "overwritten":
      return `${td("changes.overwritten", { what })} · ${turn}`;
    default:
      return `${wordsOf(changes)} · ${turn}`;
  }
}

function Back(props: { changes: Changes }) {
  const { changes } = props;
  return (
    <p class="changes-back" title={names(changes)} data-test="changes-back">
      <Icon name={changes.action === "redone" ? "redo" : "undo"} />
      <span dir="auto">
        <Shown text={backWords(changes)} />
      </span>
    </p>
  );
}
