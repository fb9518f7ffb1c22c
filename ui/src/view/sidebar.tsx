// The side bar: new chat, filter, every chat by project. Only the rows in sight exist; arrows and Enter work on the whole list.
import { computed, signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ago, t } from "../i18n/text.ts";
import { minute } from "../state/clock.ts";
import { filter, list, listPhase, refresh, shown } from "../state/list.ts";
import { current, drawerOpen, go } from "../state/route.ts";
import { settingsOpen } from "../state/settings.ts";
import { markOf, type Line, type ListRow } from "../reduce/list.ts";
import { Icon } from "./icon.tsx";
import { newChatKey } from "./keys.ts";

const GROUP = 28;
const ROW = 32;
const BEYOND = 320;

/** Where each line begins; the last entry is the whole height. */
const tops = computed(() => {
  const out = new Float64Array(shown.value.length + 1);
  shown.value.forEach((line, at) => {
    out[at + 1] = (out[at] ?? 0) + (line.kind === "project" ? GROUP : ROW);
  });
  return out;
});
const active = signal<string | null>(null);

export function Sidebar() {
  return (
    <nav class={`sidebar${drawerOpen.value ? " open" : ""}`} id="sidebar" aria-label={t("list.label")}>
      <div class="side">
        <div class="side-top">
          <button type="button" class="button" onClick={() => go(null)} data-test="new-chat">
            <Icon name="plus" />
            {t("chat.new")}
            <kbd>{newChatKey}</kbd>
          </button>
        </div>
        <div class="side-filter">
          <input
            class="input"
            type="search"
            value={filter.value}
            placeholder={t("list.filter")}
            aria-label={t("list.filter")}
            onInput={(event) => (filter.value = event.currentTarget.value)}
          />
        </div>
        <Chats />
        <div class="side-foot">
          <button type="button" class="button quiet" onClick={() => (settingsOpen.value = "models")} data-test="settings">
            <Icon name="gear" />
            {t("settings.open")}
          </button>
        </div>
      </div>
    </nav>
  );
}

function Chats() {
  const scroller = useRef<HTMLDivElement>(null);
  const from = useSignal(0);
  const height = useSignal(900);
  const see = () => {
    if (scroller.current === null) return;
    from.value = scroller.current.scrollTop;
    height.value = scroller.current.clientHeight;
  };
  useLayoutEffect(() => {
    const watch = new ResizeObserver(see);
    if (scroller.current) watch.observe(scroller.current);
    return () => watch.disconnect();
  }, [listPhase.value, shown.value.length === 0]);
  if (shown.value.length === 0) return <Nothing />;
  const lines = shown.value;
  const first = lineAt(Math.max(0, from.value - BEYOND));
  const last = lineAt(from.value + height.value + BEYOND);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") move(1, scroller.current);
    else if (event.key === "ArrowUp") move(-1, scroller.current);
    else if (event.key === "Enter" && active.value !== null) go(active.value);
    else return;
    event.preventDefault();
  };
  const focused = active.value ?? current.value;
  return (
    <div
      class="side-list"
      ref={scroller}
      role="listbox"
      aria-label={t("list.label")}
      tabIndex={0}
      aria-activedescendant={focused === null ? undefined : `chat-${focused}`}
      onScroll={see}
      onKeyDown={onKey}
      onFocus={() => (active.value = current.value)}
    >
      <div class="side-inner" role="presentation" style={{ height: `${tops.value.at(-1) ?? 0}px` }}>
        {lines.slice(first, last + 1).map((line, at) => (
          <LineView key={line.kind === "chat" ? line.row.id : `# ${line.name}`} line={line} top={tops.value[first + at] ?? 0} />
        ))}
      </div>
    </div>
  );
}

function lineAt(y: number): number {
  const all = tops.value;
  let low = 0;
  let high = Math.max(0, all.length - 2);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle + 1] ?? 0) > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

function move(step: number, scroller: HTMLElement | null): void {
  const lines = shown.value;
  let at = lines.findIndex((line) => line.kind === "chat" && line.row.id === (active.value ?? current.value));
  do at += step;
  while (lines[at]?.kind === "project");
  const line = lines[at];
  if (line?.kind !== "chat" || scroller === null) return;
  active.value = line.row.id;
  const top = tops.value[at] ?? 0;
  if (top < scroller.scrollTop) scroller.scrollTop = top - GROUP;
  else if (top + ROW > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + ROW - scroller.clientHeight;
}

function LineView(props: { line: Line; top: number }) {
  const { line, top } = props;
  const style = { transform: `translateY(${top}px)` };
  if (line.kind === "chat") return <ChatRow row={line.row} style={style} />;
  return (
    <div class="side-group" role="presentation" style={style}>
      {line.name || t("list.noProject")}
    </div>
  );
}

function ChatRow(props: { row: ListRow; style: { transform: string } }) {
  const { row } = props;
  const mark = markOf(list.value, row.id);
  const names = ["chat-row", mark === "unread" ? "unread" : "", active.value === row.id ? "active" : ""].filter(Boolean).join(" ");
  return (
    <div
      id={`chat-${row.id}`}
      class={names}
      role="option"
      aria-selected={current.value === row.id}
      data-test="chat-row"
      style={props.style}
      onClick={() => go(row.id)}
    >
      {mark === "none" ? <span /> : <span class={`dot ${mark}`} role="img" aria-label={t(`mark.${mark}`)} title={t(`mark.${mark}`)} />}
      <span class="title" dir="auto" title={row.title}>
        {row.title || t("chat.untitled")}
      </span>
      <time>{row.updated ? ago(row.updated, minute.value) : ""}</time>
    </div>
  );
}

function Nothing() {
  if (listPhase.value === "loading")
    return (
      <div class="side-skeleton" aria-hidden="true">
        {Array.from({ length: 7 }, (_, at) => (
          <i key={at} />
        ))}
      </div>
    );
  if (listPhase.value === "error")
    return (
      <div class="side-note">
        {t("list.error")}
        <button type="button" class="button small" onClick={() => void refresh()}>
          {t("thread.again")}
        </button>
      </div>
    );
  return <div class="side-note">{filter.value ? t("list.nothing", { text: filter.value }) : t("list.empty")}</div>;
}
