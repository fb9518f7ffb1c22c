// A proposal with its answers: in the conversation and in the queue. Keys work only while the focus is in it, and never at once.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { td } from "../../i18n/doing.ts";
import { answer, answering, doubted, draftOf, said } from "../../state/answers.ts";
import { letterOf } from "../../state/arming.ts";
import { isWaiting, jump, jumpTo, keyOf, queue, queueOpen, type Proposal } from "../../state/proposals.ts";
import { titleOf } from "../../state/rename.ts";
import { t } from "../../i18n/text.ts";
import { go } from "../../state/route.ts";
import { Icon, type IconName } from "../icon.tsx";
import { Shown } from "../row/shown.tsx";
import { Answers } from "./answers.tsx";
import { useArmed } from "./armed.ts";
import { headOf, Reason } from "./reason.tsx";
import { What } from "./what.tsx";

const ICONS: Record<Proposal["kind"], IconName> = { command: "terminal", edit: "edit", read: "file", network: "globe", question: "quote" };

export function Card(props: { one: Proposal; place: "chat" | "queue" }) {
  const { one, place } = props;
  const key = keyOf(one);
  const box = useRef<HTMLElement>(null);
  const armed = useArmed(`${one.digest} ${queue.value.map(keyOf).join()}`);
  const draft = draftOf(one);
  const asked = jump.value;
  useEffect(() => {
    if (place !== "chat" || asked?.key !== key) return;
    jump.value = null;
    box.current?.focus();
  }, [asked]);
  useLayoutEffect(() => {
    const card = box.current;
    return () => {
      // Keys pressed after an answer go to the composer, never to the next card.
      if (card?.contains(document.activeElement) && !isWaiting(key)) (card.closest<HTMLElement>("dialog") ?? document.getElementById("composer"))?.focus();
    };
  }, [key]);
  const busy = answering.value.has(key);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && place === "chat") {
      // Away from the card; the turn goes on.
      event.preventDefault();
      document.getElementById("composer")?.focus();
      return;
    }
    if (isWriting(event.target) || busy || draft.value.step !== "choose") return;
    const letter = letterOf(event);
    const step = letter === "r" ? "reject" : letter === "e" && one.command !== undefined ? "edit" : letter === "u" && (one.rules ?? []).length > 0 ? "rule" : null;
    if (letter === "a" && one.kind !== "question") armed.press(() => void answer(one, { answer: "accept" }));
    else if (step !== null) draft.value = { ...draft.value, step };
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const why = said.value.get(key);
  return (
    <section
      ref={box}
      class={`proposal ${one.kind}`}
      tabIndex={-1}
      aria-label={td("proposal.label", { title: headOf(one) })}
      data-proposal={key}
      data-test="proposal"
      onPointerDownCapture={armed.onPointerDownCapture}
      onFocusIn={armed.onFocusIn}
      onKeyDownCapture={armed.onKeyDownCapture}
      onKeyDown={onKey}
    >
      <header>
        <Icon name={ICONS[one.kind]} />
        <h3>
          <Shown text={headOf(one)} />
        </h3>
        {place === "queue" ? <Where one={one} /> : null}
      </header>
      <What one={one} />
      <Reason one={one} />
      {doubted.value.has(key) ? (
        <p class="warn-text" role="alert" data-test="in-doubt">
          {td("answer.inDoubt")}
        </p>
      ) : null}
      {why === undefined ? null : (
        <p class="error-text" role="alert" data-test="not-counted">
          {td("answer.notCounted", { why })}
        </p>
      )}
      <Answers one={one} draft={draft} armed={armed} busy={busy} />
    </section>
  );
}

const isWriting = (target: EventTarget | null) => target instanceof HTMLElement && target.closest("textarea, input, select") !== null;

function Where(props: { one: Proposal }) {
  const { one } = props;
  const name = titleOf(one.chat_id) || t("chat.untitled");
  return (
    <button type="button" class="button quiet small" title={td("proposal.goChat")} data-test="go-chat" onClick={() => ((queueOpen.value = false), go(one.chat_id), jumpTo(one))}>
      {td("proposal.inChat", { name })}
    </button>
  );
}
