// The list of chats as a tree. Only the lines in sight exist; the keys work on the whole list.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import { listPhase, refresh } from "../../state/list.ts";
import { current } from "../../state/route.ts";
import { filter, shown } from "../../state/shown.ts";
import { RowTool } from "./chatline.tsx";
import { dropAt } from "./drag.ts";
import { onListKey } from "./listkeys.ts";
import { LineView } from "./line.tsx";
import { active, hovered, indexOf, lineAt, tops } from "./place.ts";

const BEYOND = 320;

export function Chats() {
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
  const focused = indexOf(active.value ?? current.value);
  return (
    <div
      class="side-list"
      ref={scroller}
      role="tree"
      aria-label={t("list.label")}
      aria-multiselectable
      tabIndex={0}
      aria-activedescendant={focused < first || focused > last ? undefined : `side-line-${focused}`}
      data-test="chat-list"
      onScroll={see}
      onPointerLeave={() => (hovered.value = null)}
      onKeyDown={(event) => onListKey(event, scroller.current)}
      onFocus={() => (active.value ??= current.value ?? lines[0]?.id ?? null)}
    >
      <div class="side-inner" role="presentation" style={{ height: `${tops.value.at(-1) ?? 0}px` }}>
        {lines.slice(first, last + 1).map((line, at) => (
          <LineView key={`${line.kind} ${line.id}`} line={line} at={first + at} top={tops.value[first + at] ?? 0} scroller={scroller} />
        ))}
        <RowTool />
        {dropAt.value === null ? null : <div class="drop-mark" style={{ transform: `translateY(${tops.value[dropAt.value] ?? 0}px)` }} />}
      </div>
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
