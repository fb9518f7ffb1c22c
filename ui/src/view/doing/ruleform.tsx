// A yes that becomes a rule: what it allows, and where it holds, in plainly different words.
import { useEffect, useRef } from "preact/hooks";
import { td } from "../../i18n/doing.ts";
import { answer } from "../../state/answers.ts";
import { marked } from "../../state/marks.ts";
import { scopeOf } from "../../state/scope.ts";
import { Arm, BackButton, FormKeys, useStep, type AnswerProps } from "./answers.tsx";
import { Shown } from "../row/shown.tsx";

const SPANS = ["chat", "folder", "always"] as const;

export function RuleForm(props: AnswerProps) {
  const { one, draft, armed, busy } = props;
  const { back, onKey } = useStep(draft);
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => form.current?.querySelector<HTMLInputElement>("input:checked")?.focus(), []);
  const rules = one.rules ?? [];
  const rule = rules[draft.value.rule] ?? rules[0];
  const folder = scopeOf(one.chat_id)?.project_path ?? "";
  const send = () => {
    if (rule !== undefined) void answer(one, { answer: "accept", rule: { effect: "allow", span: draft.value.span, subject: rule.subject } });
  };
  return (
    <div class="answer-form" ref={form} onKeyDown={(event) => onKey(event, () => armed.press(send))}>
      <fieldset class="choice-lines">
        <legend>{td("answer.ruleQuestion")}</legend>
        {rules.map((offer, at) => (
          <label key={at}>
            <input type="radio" name={`rule ${one.proposal_id}`} checked={draft.value.rule === at} data-test="rule" onChange={() => (draft.value = { ...draft.value, rule: at })} />
            <span>
              <Shown text={marked(offer.words)} />
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choice-lines">
        <legend>{td("answer.spanQuestion")}</legend>
        {SPANS.filter((span) => span !== "folder" || folder !== "").map((span) => (
          <label key={span}>
            <input type="radio" name={`span ${one.proposal_id}`} checked={draft.value.span === span} data-test={`span-${span}`} onChange={() => (draft.value = { ...draft.value, span })} />
            <span>{td(`answer.span.${span}`, { folder: marked(folder) })}</span>
          </label>
        ))}
      </fieldset>
      <div class="answers">
        <Arm armed={armed} busy={busy} class="primary" test="approve-with-rule" run={send}>
          {td("answer.ruleNow")}
        </Arm>
        <BackButton back={back} />
        <FormKeys />
      </div>
    </div>
  );
}
