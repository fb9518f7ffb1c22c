// The rules: what each says, of what, and where; removed with a way back, added by a form.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { putBack, removed, removeRule } from "../../state/approvals.ts";
import { list } from "../../state/list.ts";
import { tilde } from "../../state/plain.ts";
import { titleOf } from "../../state/rename.ts";
import { KINDS } from "../../state/ruleform.ts";
import { words } from "../../state/words.ts";
import type { RuleRow } from "../../wire/types.gen.ts";
import { Card } from "./kit.tsx";
import { RuleForm } from "./ruleform.tsx";

export function Rules(props: { rules: readonly RuleRow[] }) {
  const adding = useSignal(false);
  const why = useSignal("");
  const add = (
    <button type="button" class="button small" aria-expanded={adding.value} onClick={() => (adding.value = !adding.value)} data-test="rule-add">
      {ts("rules.add")}
    </button>
  );
  const tell = (work: Promise<void>) => {
    why.value = "";
    work.catch((error: unknown) => (why.value = words(error)));
  };
  return (
    <Card title="rules.title" lead={ts("rules.lead")} aside={add} test="rules">
      {adding.value ? <RuleForm done={() => (adding.value = false)} /> : null}
      {removed.value === null ? null : (
        <p class="set-row split" role="status" data-test="rule-removed">
          <span class="grow">{ts("rules.removed", { rule: removed.value.words })}</span>
          <button type="button" class="button small" onClick={() => tell(putBack())} data-test="rule-undo">
            {ts("rules.undo")}
          </button>
        </p>
      )}
      {why.value ? <p class="error-text set-loose" role="alert">{why.value}</p> : null}
      {props.rules.length === 0 ? (
        <p class="set-row soft">{ts("rules.none")}</p>
      ) : (
        <ul class="set-list">
          {props.rules.map((rule) => (
            <Rule key={rule.id} rule={rule} remove={() => tell(removeRule(rule))} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Rule(props: { rule: RuleRow; remove: () => void }) {
  const { rule } = props;
  return (
    <li class="set-item rule" title={rule.words} data-test="rule">
      <span class={`tag effect ${rule.effect}`}>{ts(`effect.${rule.effect}`)}</span>
      <div class="grow">
        <div>
          <Subject rule={rule} />
        </div>
        <div class="faint small">{placeOf(rule)}</div>
      </div>
      <button type="button" class="button small quiet" aria-label={ts("rules.removeThis", { rule: rule.words })} onClick={props.remove} data-test="rule-remove">
        {ts("rules.remove")}
      </button>
    </li>
  );
}

const PARTS = [["path", "rules.in"], ["command", "rules.like"], ["host", "rules.to"]] as const;

function Subject(props: { rule: RuleRow }) {
  const { subject } = props.rule;
  const kind = KINDS.find((one) => one === subject.tool);
  const named = subject.tool === undefined || subject.tool === "*" ? ts("kind.any") : kind === undefined ? null : ts(`kind.${kind}`);
  return (
    <>
      {named ?? <code>{subject.tool}</code>}
      {PARTS.map(([part, before]) =>
        subject[part] === undefined ? null : (
          <span key={part}>
            {" "}
            {ts(before)} <code dir="ltr">{subject[part]}</code>
          </span>
        ),
      )}
    </>
  );
}

function placeOf(rule: RuleRow): string {
  if (rule.span === "always") return ts("span.always");
  const place = rule.place ?? "";
  if (rule.span === "folder") return ts("span.inFolder", { folder: tilde(place) });
  const known = list.value.rows.some((row) => row.id === place);
  return known ? ts("span.inChat", { chat: titleOf(place) || place }) : ts("span.goneChat");
}
