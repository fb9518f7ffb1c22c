// The answers of a proposal: yes once, yes with a rule, yes to another command, no with a reason; or the answer to a question.
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { td, type DoingKey } from "../../i18n/doing.ts";
import { answer, type Answer, type Draft } from "../../state/answers.ts";
import type { Proposal } from "../../state/proposals.ts";
import { sendKey } from "../keys.ts";
import type { Armed } from "./armed.ts";
import { RuleForm } from "./ruleform.tsx";

export type AnswerProps = { one: Proposal; draft: Signal<Draft>; armed: Armed; busy: boolean };

/** A button that arms: it takes the focus at once, and a press only later. */
export function Arm(props: { armed: Armed; busy: boolean; class: string; test: string; run: () => void; keys?: string; children: ComponentChildren }) {
  const off = !props.armed.ready.value || props.busy;
  return (
    <button type="button" class={`button arms ${props.class}`} aria-disabled={off} aria-keyshortcuts={props.keys} data-test={props.test} onClick={() => !props.busy && props.armed.press(props.run)}>
      {props.children}
    </button>
  );
}

export function Answers(props: AnswerProps) {
  const { one, draft } = props;
  if (one.kind === "question") return <Question {...props} />;
  switch (draft.value.step) {
    case "choose":
      return <Choose {...props} />;
    case "rule":
      return <RuleForm {...props} />;
    case "edit":
      return <Edit {...props} />;
    case "reject":
      return <Reject {...props} />;
  }
}

const give = (one: Proposal, given: Answer) => () => void answer(one, given);
const to = (draft: Signal<Draft>, step: Draft["step"]) => () => (draft.value = { ...draft.value, step });

function Choose(props: AnswerProps) {
  const { one, draft, armed, busy } = props;
  return (
    <div class="answers">
      <Arm armed={armed} busy={busy} class="primary" test="approve" keys="a" run={give(one, { answer: "accept" })}>
        {td("answer.once")}
      </Arm>
      {(one.rules ?? []).length === 0 ? null : (
        <button type="button" class="button" disabled={busy} aria-keyshortcuts="u" data-test="approve-rule" onClick={to(draft, "rule")}>
          {td("answer.rule")}
        </button>
      )}
      {one.command === undefined ? null : (
        <button type="button" class="button" disabled={busy} aria-keyshortcuts="e" data-test="edit-command" onClick={to(draft, "edit")}>
          {td("answer.edit")}
        </button>
      )}
      <button type="button" class="button" disabled={busy} aria-keyshortcuts="r" data-test="reject" onClick={to(draft, "reject")}>
        {td("answer.reject")}
      </button>
      <span class="answer-keys">{keysOf(one)}</span>
    </div>
  );
}

/** What the letters do in this card. */
function keysOf(one: Proposal): string {
  const keys: DoingKey[] = ["answer.keyOnce", "answer.keyReject", ...(one.command === undefined ? [] : (["answer.keyEdit"] as const)), ...((one.rules ?? []).length === 0 ? [] : (["answer.keyRule"] as const))];
  return keys.map((key) => td(key)).join(" · ");
}

/** Back, by the button or Escape; the focus stays in the card. */
export function useStep(draft: Signal<Draft>) {
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = first.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);
  const back = (from: Element | null) => {
    const card = from?.closest<HTMLElement>("[data-proposal]");
    draft.value = { ...draft.value, step: "choose" };
    card?.focus();
  };
  const onKey = (event: KeyboardEvent, send: () => void) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      back(event.currentTarget as Element);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat && !event.isComposing) {
      event.preventDefault();
      send();
    }
  };
  return { first, back, onKey };
}

/** What the keys do in a form. */
export const FormKeys = () => <span class="answer-keys">{td("answer.keySend", { key: sendKey })}</span>;

export function BackButton(props: { back: (from: Element | null) => void }) {
  return (
    <button type="button" class="button quiet" data-test="answer-back" onClick={(event) => props.back(event.currentTarget)}>
      {td("answer.back")}
    </button>
  );
}

function Reject(props: AnswerProps) {
  const { one, draft, armed, busy } = props;
  const { first, back, onKey } = useStep(draft);
  const send = () => {
    const reason = draft.value.reason.trim();
    void answer(one, { answer: "reject", ...(reason === "" ? {} : { reason }) });
  };
  return (
    <div class="answer-form" onKeyDown={(event) => onKey(event, () => armed.press(send))}>
      <label class="field">
        <span>{td("answer.reason")}</span>
        <textarea ref={first} class="input" rows={2} dir="auto" value={draft.value.reason} data-test="reject-reason" onInput={(event) => (draft.value = { ...draft.value, reason: event.currentTarget.value })} />
      </label>
      <div class="answers">
        <Arm armed={armed} busy={busy} class="danger" test="reject-now" run={send}>
          {td("answer.rejectNow")}
        </Arm>
        <BackButton back={back} />
        <FormKeys />
      </div>
    </div>
  );
}

function Edit(props: AnswerProps) {
  const { one, draft, armed, busy } = props;
  const { first, back, onKey } = useStep(draft);
  const command = draft.value.command;
  const send = () => {
    if (command.trim() !== "") void answer(one, { answer: "accept", command });
  };
  return (
    <div class="answer-form" onKeyDown={(event) => onKey(event, () => armed.press(send))}>
      <label class="field">
        <span>{td("answer.edited")}</span>
        <textarea
          ref={first}
          class="input mono"
          dir="ltr"
          rows={Math.min(12, Math.max(2, command.split("\n").length))}
          spellcheck={false}
          value={command}
          data-test="edited-command"
          onInput={(event) => (draft.value = { ...draft.value, command: event.currentTarget.value })}
        />
      </label>
      <div class="answers">
        <Arm armed={armed} busy={busy || command.trim() === ""} class="primary" test="approve-edited" run={send}>
          {td("answer.approveEdited")}
        </Arm>
        <BackButton back={back} />
        <FormKeys />
      </div>
    </div>
  );
}

function Question(props: AnswerProps) {
  const { one, draft, armed, busy } = props;
  const text = draft.value.text.trim();
  const send = (words: string) => () => void answer(one, { answer: "accept", text: words });
  return (
    <form class="answer-form" onSubmit={(event) => (event.preventDefault(), text !== "" && !busy && armed.press(send(text)))}>
      <div class="answers options">
        {(one.question?.options ?? []).map((option) => (
          <Arm key={option} armed={armed} busy={busy} class="" test="option" run={send(option)}>
            {option}
          </Arm>
        ))}
      </div>
      <div class="pair">
        <input class="input" dir="auto" aria-label={td("answer.own")} placeholder={td("answer.own")} value={draft.value.text} data-test="own-answer" onInput={(event) => (draft.value = { ...draft.value, text: event.currentTarget.value })} />
        <button type="submit" class="button arms" aria-disabled={!armed.ready.value || busy || text === ""} data-test="send-answer">
          {td("answer.send")}
        </button>
      </div>
    </form>
  );
}
