// What the agent may do by itself and what waits for a yes: the preset, the rules, and what holds commands back.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ts } from "../../i18n/settings.ts";
import { approvals, approvalsWhy, choosePreset, readApprovals } from "../../state/approvals.ts";
import { useWork } from "../work.ts";
import { link } from "../../wire/socket.ts";
import type { ApprovalPreset, SandboxStanding } from "../../wire/types.gen.ts";
import { Card, Confirm, Head, Note } from "./kit.tsx";
import { Skeleton } from "./missing.tsx";
import { Rules } from "./rules.tsx";

export function ApprovalsPage() {
  const connected = link.value.state === "open";
  useEffect(() => {
    if (connected) void readApprovals();
  }, [connected]);
  const known = approvals.value;
  const why = approvalsWhy.value;
  return (
    <>
      <Head title="approvals.title" lead="approvals.lead" />
      {why === null ? null : (
        <div class={`set-note ${known === null ? "danger" : "warn"}`} role="alert" data-test="approvals-error">
          <p>
            <strong>{ts("approvals.unreadable")}</strong> {why}
          </p>
          <button type="button" class="button small" onClick={() => void readApprovals()}>
            {ts("retry")}
          </button>
        </div>
      )}
      {known === null ? (
        why === null ? <Skeleton /> : null
      ) : (
        <>
          <Preset chosen={known.preset} />
          <Rules rules={known.rules} />
          <Card title="approvals.held">
            <div class="set-row stack">
              <Standing sandbox={known.sandbox} />
            </div>
          </Card>
        </>
      )}
    </>
  );
}

const PRESETS = ["ask", "edit_freely", "full"] as const;

function Preset(props: { chosen: ApprovalPreset }) {
  const asking = useSignal(false);
  const { busy, why, run } = useWork();
  const choose = (to: ApprovalPreset) =>
    run(async () => {
      await choosePreset(to);
      asking.value = false;
    });
  const pick = (to: ApprovalPreset) => {
    if (to === "full") asking.value = true;
    else void choose(to);
  };
  const chosen = asking.value ? "full" : props.chosen;
  return (
    <Card title="approvals.preset" lead={ts("approvals.presetLead")} test="approval-preset">
      <div class="set-row stack" role="radiogroup" aria-label={ts("approvals.preset")}>
        {PRESETS.map((one) => (
          <label key={one} class="big-choice">
            <input type="radio" name="approval-preset" checked={chosen === one} disabled={busy.value} onChange={() => pick(one)} data-test={`preset-${one}`} />
            <span>
              <strong>{ts(`preset.${one}`)}</strong>
              <small>{ts(`preset.${one}Hint`)}</small>
            </span>
          </label>
        ))}
      </div>
      {asking.value ? <Confirm question={ts("preset.fullSure")} yes={ts("preset.fullYes")} no={ts("preset.fullNo")} danger busy={busy.value} onYes={() => void choose("full")} onNo={() => (asking.value = false)} /> : null}
      {why.value ? <p class="error-text set-loose" role="alert">{why.value}</p> : null}
    </Card>
  );
}

/** What holds commands on this machine, and what stands in the way of more. */
function Standing(props: { sandbox: SandboxStanding }) {
  const { level, provider, missing } = props.sandbox;
  const word = level >= 3 ? 3 : level === 2 ? 2 : 1;
  return (
    <Note tone={word === 1 ? "warn" : "plain"} test="sandbox-standing">
      <strong>{ts(`held.${word}`, { provider })}</strong>
      <p>{ts(`held.${word}Text`)}</p>
      {missing.length === 0 ? null : (
        <>
          <p>{ts(word === 1 ? "held.whyNone" : "held.whyNotMore")}</p>
          <ul class="plain-list">
            {missing.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </Note>
  );
}
