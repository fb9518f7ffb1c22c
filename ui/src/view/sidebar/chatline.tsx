// A chat in the side bar: its state, its name (a field while it is renamed), when it last changed, its menu.
import type { RefObject } from "preact";
import { ago, t } from "../../i18n/text.ts";
import { markOf } from "../../reduce/list.ts";
import { minute } from "../../state/clock.ts";
import type { Line } from "../../state/lines.ts";
import { list } from "../../state/list.ts";
import { openMenu, openMenuAt } from "../../state/menu.ts";
import { rename, renaming } from "../../state/rename.ts";
import { current, go } from "../../state/route.ts";
import { choose, chooseNone, chosen, shown } from "../../state/shown.ts";
import { Icon } from "../icon.tsx";
import { dragged, startDrag } from "./drag.ts";
import { chatItems, nameOf } from "./items.ts";
import type { Place } from "./line.tsx";
import { active, hovered, indexOf, tops } from "./place.ts";
import { RenameField } from "./renamefield.tsx";

type Props = { line: Extract<Line, { kind: "chat" }>; place: Place; scroller: RefObject<HTMLDivElement | null> };

export function ChatLine(props: Props) {
  const { row } = props.line;
  const mark = markOf(list.value, row.id);
  const several = chosen.value.has(row.id);
  const names = ["chat-row", mark === "unread" ? "unread" : "", active.value === row.id ? "active" : "", several ? "chosen" : "", dragged.value.has(row.id) ? "dragged" : ""];
  const open = (event: MouseEvent) => {
    active.value = row.id;
    if (event.shiftKey) choose(row.id, "range", current.value);
    else if (event.ctrlKey || event.metaKey) choose(row.id, "toggle", current.value);
    else {
      chooseNone();
      go(row.id);
    }
  };
  if (renaming.value === row.id) return <Renaming {...props} />;
  const name = row.title || t("chat.untitled");
  return (
    <div
      {...props.place}
      class={names.filter(Boolean).join(" ")}
      role="treeitem"
      aria-level={2}
      aria-selected={several || current.value === row.id}
      data-test="chat-row"
      onClick={open}
      onDblClick={() => (renaming.value = row.id)}
      onPointerEnter={() => (hovered.value = row.id)}
      onPointerDown={(event) => startDrag(event, row.id, props.scroller.current)}
      onContextMenu={(event) => {
        event.preventDefault();
        openMenu(t("chat.menu", { name }), { x: event.clientX, y: event.clientY }, chatItems(row.id));
      }}
    >
      {mark === "none" ? <span /> : <span class={`dot ${mark}`} role="img" aria-label={t(`mark.${mark}`)} title={t(`mark.${mark}`)} />}
      <span class="title" dir="auto" title={row.title}>
        {name}
      </span>
      <time>{row.updated ? ago(row.updated, minute.value) : ""}</time>
    </div>
  );
}

/** The menu's button stands in the row under the pointer; one for all rows, because there may be thousands. */
export function RowTool() {
  const id = hovered.value;
  const at = indexOf(id);
  if (id === null || at < 0 || renaming.value === id || shown.value[at]?.kind !== "chat") return null;
  const label = t("chat.menu", { name: nameOf(id) });
  return (
    <button
      type="button"
      class="icon-button row-tool"
      tabIndex={-1}
      aria-label={label}
      title={label}
      data-test="chat-menu"
      style={{ transform: `translateY(${tops.value[at] ?? 0}px)` }}
      onClick={(event) => openMenuAt(label, event.currentTarget, chatItems(id))}
    >
      <Icon name="more" />
    </button>
  );
}

function Renaming(props: Props) {
  const { row } = props.line;
  const over = (title: string | null) => {
    if (title === null) renaming.value = null;
    else void rename(row.id, title);
    props.scroller.current?.focus();
  };
  return (
    <div {...props.place} class="chat-row renaming" role="treeitem" aria-level={2}>
      <RenameField value={nameOf(row.id)} over={over} />
    </div>
  );
}
