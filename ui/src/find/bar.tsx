// Over the conversation: what is looked for in it, which hit this is and of how many, and the way to the next one.
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { grouped } from "../i18n/doing.ts";
import { t } from "../i18n/text.ts";
import type { OpenChat } from "../state/chats.ts";
import { closeFind, findAsked, lastFind, leaveFind } from "../state/find.ts";
import { Icon } from "../view/icon.tsx";
import type { ScrollWindow } from "../view/scroll.ts";
import { Marks } from "./marks.ts";
import { Search } from "./search.ts";

type Props = { chat: OpenChat; view: ScrollWindow; column: () => HTMLElement | null };

export function FindBar(props: Props) {
  const { chat, view, column } = props;
  const search = useMemo(() => new Search(chat, () => view.inSight()), [chat, view]);
  const field = useRef<HTMLInputElement>(null);
  const wanted = useSignal("");
  const exact = useSignal(lastFind.exact);
  useEffect(() => {
    const element = column();
    const marks = element === null ? null : new Marks(search, view, element);
    return () => {
      marks?.end();
      search.end();
      leaveFind(chat.id);
    };
  }, [search]);
  const look = (text: string, cased = exact.value) => {
    wanted.value = lastFind.wanted = text;
    exact.value = lastFind.exact = cased;
    search.look(text, cased);
  };
  const asked = findAsked.value;
  useLayoutEffect(() => {
    if (asked === null) return;
    if (asked.text !== "") look(asked.text);
    else if (asked.what !== "field") search.step(asked.what === "next" ? 1 : -1);
    if (asked.what === "field" || asked.text !== "") field.current?.focus();
    if (asked.what === "field") field.current?.select();
  }, [asked]);
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Escape") closeFind();
    else if (event.key === "Enter" && event.target === field.current) search.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  return (
    <div class="find" role="search" aria-label={t("find.title")} data-test="find" onKeyDown={onKey}>
      <div class="find-line">
        <Icon name="search" />
        <input ref={field} type="text" dir="auto" class="find-field" aria-label={t("find.title")} placeholder={t("find.title")} autocomplete="off" spellcheck={false} value={wanted.value} data-test="find-field" onInput={(event) => look(event.currentTarget.value)} />
        <Count search={search} />
        <button type="button" class="icon-button find-case" aria-label={t("find.case")} title={t("find.case")} aria-pressed={exact.value} data-test="find-case" onClick={() => look(wanted.value, !exact.value)}>
          Aa
        </button>
        <Step search={search} step={-1} />
        <Step search={search} step={1} />
        <button type="button" class="icon-button" aria-label={t("find.close")} title={`${t("find.close")} (Esc)`} data-test="find-close" onClick={closeFind}>
          <Icon name="close" />
        </button>
      </div>
      <Older search={search} />
    </div>
  );
}

/** "3 of 17"; told to a screen reader when it is settled, not with every page. */
function Count(props: { search: Search }) {
  const { search } = props;
  const total = search.total.value;
  const phase = search.phase.value;
  const over = phase !== "here" && phase !== "older" && phase !== "stopping";
  const none = over && search.pattern.value !== null ? t(phase === "done" ? "find.nothing" : "find.nothingSoFar") : "";
  const words = total > 0 ? t("find.count", { at: grouped(search.ordinal.value), total: grouped(total) }) : none;
  return (
    <>
      <span class={`find-count${total === 0 ? " none" : ""}`} aria-hidden="true" data-test="find-count">
        {words}
      </span>
      <span class="visually-hidden" role="status">
        {over ? words : ""}
      </span>
    </>
  );
}

function Step(props: { search: Search; step: 1 | -1 }) {
  const { search, step } = props;
  const name = t(step > 0 ? "find.next" : "find.back");
  return (
    <button type="button" class="icon-button" aria-label={name} title={`${name} (${step > 0 ? "F3" : "Shift+F3"})`} aria-disabled={search.total.value === 0} data-test={step > 0 ? "find-next" : "find-back"} onClick={() => search.step(step)}>
      <Icon name={step > 0 ? "down" : "up"} />
    </button>
  );
}

/** Older messages that are being looked at, or were not. */
function Older(props: { search: Search }) {
  const { search } = props;
  const phase = search.phase.value;
  if (phase === "here" || phase === "done") return null;
  const looking = phase === "older" || phase === "stopping";
  return (
    <div class="find-older" data-test="find-older">
      <span>{t(looking ? "find.older" : phase === "failed" ? "thread.olderError" : "find.olderLeft")}</span>
      <button type="button" class="button small quiet" aria-disabled={phase === "stopping"} data-test={looking ? "find-stop" : "find-more"} onClick={() => (looking ? search.stopOlder() : search.lookOlder())}>
        {t(looking ? "find.stop" : "find.more")}
      </button>
    </div>
  );
}
