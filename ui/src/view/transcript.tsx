// The conversation of one chat: only the rows near the visible part exist; older ones are read while scrolling up.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/text.ts";
import { second } from "../state/clock.ts";
import type { OpenChat } from "../state/chats.ts";
import { readAgain, readOlder } from "../state/conversation.ts";
import { finding } from "../state/find.ts";
import { jump, keyOf, queueOpen } from "../state/proposals.ts";
import { reportPaint } from "../wire/outside.ts";
import { AskAbout } from "./askabout.tsx";
import { Icon } from "./icon.tsx";
import { find, markdown } from "./parts.ts";
import { usePromptJump } from "./promptjump.ts";
import { PendingRow } from "./row/pending.tsx";
import { ForkMark, Row } from "./row/row.tsx";
import { ScrollWindow } from "./scroll.ts";
import { ThreadSkeleton } from "./states.tsx";

const UPWARD = new Set(["ArrowUp", "PageUp", "Home"]);

/** What a row not yet drawn is likely to need; being near is enough, because drawn rows are measured. */
function guess(chat: OpenChat, id: string): number {
  const row = chat.row(id)?.peek();
  if (row === undefined) return 100;
  const lines = Math.ceil(row.content.length / 85) + (row.content.match(/\n/g)?.length ?? 0) * 0.7;
  if (row.proposal !== undefined) return row.resolution === undefined ? 280 : 32;
  if (row.changes !== undefined) return 48;
  if (row.kind === "trace") return 12 + 20 * Math.max(1, (row.traces?.length ?? 0) + (row.fileEdits?.length ?? 0));
  const extra = (row.forkBoundary ? 44 : 0) + ((row.media ?? row.images ?? []).length > 0 ? 200 : 0);
  return extra + (row.role === "user" ? 62 + lines * 22 : 50 + lines * 24 + (row.reasoning ? 32 : 0));
}

export function Transcript(props: { chat: OpenChat }) {
  const { chat } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const made = useRef<ScrollWindow | null>(null);
  made.current ??= new ScrollWindow((id) => guess(chat, id), () => void readOlder(chat));
  const view = made.current;
  const ids = chat.ids.value;
  const pending = chat.pending.value;
  view.setIds(ids);
  const { from, to, above, below } = view.range.value;
  // What a turn changed stands beneath its answer, which is still the latest word.
  const latest = ids.findLast((id) => chat.row(id)?.peek().changes === undefined);
  const phase = chat.phase.value;

  // Text that would be drawn bare for a moment and jump is not worth that moment.
  const canDraw = markdown.here.value !== null || markdown.failed.value || phase === "error";
  useLayoutEffect(() => {
    view.mount(scroller.current, column.current);
    return () => view.mount(null, null);
  }, [phase, canDraw]);
  useLayoutEffect(() => view.settle());
  useLayoutEffect(() => {
    if (pending.length > 0) view.toEnd();
  }, [pending.length]);
  useEffect(() => {
    if (phase === "ready") reportPaint();
  }, [phase]);
  usePromptJump(chat, view);
  const asked = jump.value;
  useEffect(() => {
    if (asked !== null && phase === "ready" && canDraw) showProposal(chat, view, asked.key);
  }, [asked, phase, canDraw]);

  if ((phase === "loading" && ids.length === 0) || !canDraw) return <ThreadSkeleton />;
  if (phase === "error") return <ThreadError chat={chat} />;
  const onKey = (event: KeyboardEvent) => {
    if (UPWARD.has(event.key)) view.letGo();
    else if (event.key === "End") view.toEnd();
  };
  return (
    <div class="transcript">
      <div
        class="scroller"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={t("thread.label")}
        tabIndex={0}
        data-test="transcript"
        onScroll={view.scrolled}
        onWheel={(event) => event.deltaY < 0 && view.letGo()}
        onKeyDown={onKey}
      >
        <div class="column" ref={column}>
          <Older chat={chat} />
          <Space height={above} />
          {ids.slice(from, to).map((id) => (
            <Row key={id} id={id} chat={chat} latest={id === latest} view={view} />
          ))}
          <Space height={below} />
          {chat.forkedHere.value ? <ForkMark /> : null}
          {pending.map((one) => (
            <PendingRow key={one.turnId} chat={chat} pending={one} />
          ))}
          <WaitingLine chat={chat} />
        </div>
      </div>
      {finding.value === chat.id ? <Find chat={chat} view={view} column={() => column.current} /> : null}
      <ToEnd view={view} docked={chat.waits.value.length > 0} />
      <AskAbout />
    </div>
  );
}

/** Brings a proposal's row into sight; the card takes the focus by itself. */
function showProposal(chat: OpenChat, view: ScrollWindow, key: string): void {
  const row = chat.waits.peek().find((id) => {
    const one = chat.row(id)?.peek().proposal;
    return one !== undefined && keyOf(one) === key;
  });
  if (row !== undefined) view.show(row);
  else queueOpen.value = true;
}

function Find(props: { chat: OpenChat; view: ScrollWindow; column: () => HTMLElement | null }) {
  const part = find.here.value;
  if (part !== null) return <part.FindBar {...props} />;
  find.load();
  return null;
}

function Space(props: { height: number }) {
  return <div aria-hidden="true" style={{ height: `${props.height}px` }} />;
}

function Older(props: { chat: OpenChat }) {
  const { older, before } = props.chat;
  if (before.value === null) return null;
  return (
    <div class="older">
      {older.value === "error" ? (
        <>
          {t("thread.olderError")}
          <button type="button" class="button small" onClick={() => void readOlder(props.chat)}>
            {t("thread.again")}
          </button>
        </>
      ) : (
        t("thread.older")
      )}
    </div>
  );
}

/** A turn runs and nothing of its answer is here yet. */
function WaitingLine(props: { chat: OpenChat }) {
  const run = props.chat.run.value;
  // What waits for a person, and a call that runs, stand there by themselves.
  if (run === null || props.chat.writing.value || props.chat.waits.value.length > 0) return null;
  const seconds = run.started_at === undefined ? 0 : Math.floor((second.value - run.started_at * 1000) / 1000);
  return <p class="waiting-line">{seconds < 3 ? t("waiting") : t("waiting.long", { seconds })}</p>;
}

/** Docked, it has a place of its own below the rows: the buttons of what waits for a person are never beneath it. */
function ToEnd(props: { view: ScrollWindow; docked: boolean }) {
  const { view, docked } = props;
  if (view.atEnd.value) return null;
  return (
    <button type="button" class={`button to-end${view.fresh.value ? " fresh" : ""}${docked ? " docked" : ""}`} onClick={view.toEnd} data-test="to-end">
      <Icon name="down" />
      {t(view.fresh.value ? "thread.newBelow" : "thread.toEnd")}
    </button>
  );
}

function ThreadError(props: { chat: OpenChat }) {
  return (
    <div class="transcript">
      <div class="state-page" role="alert">
        <strong>{t("thread.error")}</strong>
        <p class="soft">{t("thread.errorKept", { why: props.chat.why.value })}</p>
        <button type="button" class="button" onClick={() => readAgain(props.chat)}>
          {t("thread.again")}
        </button>
      </div>
    </div>
  );
}
