// One line of the side bar: a group's heading, a chat, a temporary chat, or the note above those.
import type { RefObject } from "preact";
import { t } from "../../i18n/text.ts";
import { fold } from "../../state/arrangement.ts";
import type { Line } from "../../state/lines.ts";
import { openMenuAt } from "../../state/menu.ts";
import { renameProject, renaming } from "../../state/rename.ts";
import { current, go } from "../../state/route.ts";
import { discardTemporary } from "../../state/temporary.ts";
import { Icon } from "../icon.tsx";
import { ChatLine } from "./chatline.tsx";
import { groupItems, newChatIn } from "./items.ts";
import { active } from "./place.ts";
import { RenameField } from "./renamefield.tsx";

type Props = { line: Line; at: number; top: number; scroller: RefObject<HTMLDivElement | null> };

export function LineView(props: Props) {
  const { line, at } = props;
  const place = { id: `side-line-${at}`, style: { transform: `translateY(${props.top}px)` } };
  switch (line.kind) {
    case "chat":
      return <ChatLine line={line} place={place} scroller={props.scroller} />;
    case "group":
      return renaming.value === line.id ? <RenamingGroup line={line} place={place} scroller={props.scroller} /> : <Group line={line} place={place} />;
    case "temporary":
      return <TemporaryLine line={line} place={place} />;
    case "note":
      return (
        <div class="side-hint" role="presentation" style={place.style}>
          {t("temporary.note")}
        </div>
      );
  }
}

export type Place = { id: string; style: { transform: string } };
type Of<K extends Line["kind"]> = Extract<Line, { kind: K }>;

function groupName(line: Of<"group">): string {
  if (line.group === "project") return line.name || t("list.noProject");
  return t(`list.${line.group}`);
}

function Group(props: { line: Of<"group">; place: Place }) {
  const { line, place } = props;
  const name = groupName(line);
  const still = line.group === "temporary";
  return (
    <div
      {...place}
      class={`side-group ${line.group}${active.value === line.id ? " active" : ""}`}
      role="treeitem"
      aria-level={1}
      aria-expanded={!line.folded}
      aria-label={t(line.count === 1 ? "group.labelOne" : "group.label", { name, count: line.count })}
      title={line.path || undefined}
      data-test="group"
      onClick={() => still || fold(line.id, !line.folded)}
    >
      {still ? <Icon name="hourglass" /> : <span class={`fold${line.folded ? "" : " open"}`}><Icon name="chevron" /></span>}
      <span class="name">{name}</span>
      {line.folded ? <span class="count">{line.count}</span> : null}
      {line.group === "project" ? <Tools line={line} name={name} /> : null}
    </div>
  );
}

function RenamingGroup(props: { line: Of<"group">; place: Place; scroller: Props["scroller"] }) {
  const { line } = props;
  const over = (name: string | null) => {
    if (name === null) renaming.value = null;
    else renameProject(line.path, name);
    props.scroller.current?.focus();
  };
  return (
    <div {...props.place} class="side-group renaming" role="treeitem" aria-level={1}>
      <RenameField value={groupName(line)} over={over} />
    </div>
  );
}

/** For the pointer only: the keys have the same in the menu. */
function Tools(props: { line: Of<"group">; name: string }) {
  const { line, name } = props;
  return (
    <span class="tools" onClick={(event) => event.stopPropagation()}>
      <button type="button" class="icon-button" tabIndex={-1} aria-label={t("group.menu", { name })} title={t("group.menu", { name })} onClick={(event) => openMenuAt(name, event.currentTarget, groupItems(line))}>
        <Icon name="more" />
      </button>
      <button type="button" class="icon-button" tabIndex={-1} aria-label={t("group.newChatIn", { name })} title={t("group.newChatIn", { name })} data-test="group-new" onClick={() => newChatIn(line)}>
        <Icon name="plus" />
      </button>
    </span>
  );
}

function TemporaryLine(props: { line: Of<"temporary">; place: Place }) {
  const { one } = props.line;
  const title = one.title || t("temporary.untitled");
  return (
    <div
      {...props.place}
      class={`chat-row temporary${one.over ? " over" : ""}${active.value === one.id ? " active" : ""}`}
      role="treeitem"
      aria-level={2}
      aria-selected={current.value === one.id}
      data-test="temporary-row"
      onClick={() => go(one.id)}
    >
      <span />
      <span class="title" dir="auto" title={title}>
        {title}
      </span>
      <button
        type="button"
        class="icon-button"
        tabIndex={-1}
        aria-label={t("temporary.discard")}
        title={t("temporary.discard")}
        onClick={(event) => {
          event.stopPropagation();
          discardTemporary(one.id);
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
