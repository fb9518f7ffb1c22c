// What can be said about how a chat acts: look or act, what asks, the network of its commands; what holds them, and which run. What the
// gateway refuses stands there with its words.
import { useSignal } from "@preact/signals";
import { ta } from "../../i18n/acting.ts";
import { changeActing } from "../../state/acting.ts";
import { openApprovals } from "../../state/approvals.ts";
import type { ActingFields } from "../../state/nextacting.ts";
import type { ApprovalPreset, ChatActing } from "../../wire/types.gen.ts";
import { Icon } from "../icon.tsx";
import { useWork } from "../work.ts";
import { Commands } from "./commands.tsx";
import { Sure } from "./sure.tsx";

const PRESETS = ["ask", "edit_freely", "full"] as const;

type Props = { facts: ChatActing; close: () => void };

export function ActingMenu(props: Props) {
  const { facts } = props;
  const { busy, why, run } = useWork();
  const sure = useSignal<"full" | "network" | null>(null);
  const change = (fields: ActingFields) => {
    sure.value = null;
    return run(() => changeActing(facts.chat_id, fields));
  };
  const preset = (one: ApprovalPreset | "") => (one === "full" ? (sure.value = "full") : void change({ preset: one }));
  const chosen = facts.own_preset ? facts.preset : "";
  return (
    <>
      {why.value === "" ? null : <p class="scope-lock" role="alert" data-test="acting-error">{why.value}</p>}
      <div role="radiogroup" aria-label={ta("acting.mode")}>
        <h2>{ta("acting.mode")}</h2>
        <Choice chosen={facts.mode === "act"} busy={busy.value} name={ta("acting.acts")} detail={ta("acting.actsText")} run={() => void change({ mode: "act" })} test="mode-act" />
        <Choice chosen={facts.mode === "ask"} busy={busy.value} name={ta("acting.looks")} detail={ta("acting.looksText")} run={() => void change({ mode: "ask" })} test="mode-ask" />
      </div>
      <hr />
      <div role="radiogroup" aria-label={ta("acting.preset")}>
        <h2>{ta("acting.preset")}</h2>
        <Choice chosen={chosen === ""} busy={busy.value} name={facts.own_preset ? ta("acting.everywhere") : ta("acting.everywhereNow", { preset: ta(`acting.preset.${facts.preset}`) })} run={() => preset("")} test="own-none" />
        {PRESETS.map((one) => (
          <Choice key={one} chosen={chosen === one} busy={busy.value} name={ta(`acting.preset.${one}`)} detail={ta(`acting.preset.${one}Text`)} run={() => preset(one)} test={`own-${one}`} />
        ))}
        {sure.value === "full" ? <Sure text={ta("acting.fullSure")} yes={ta("acting.fullYes")} onYes={() => void change({ preset: "full" })} onNo={() => (sure.value = null)} /> : null}
        <button type="button" class="menu-item" onClick={() => (props.close(), openApprovals())} data-test="to-approvals">
          <span class="name link-name">{ta("acting.rules")}</span>
        </button>
      </div>
      <hr />
      <Network facts={facts} busy={busy.value} asking={sure.value === "network"} ask={(on) => (on ? (sure.value = "network") : void change({ network: false }))} yes={() => void change({ network: true })} no={() => (sure.value = null)} />
      <hr />
      <Held facts={facts} />
      {facts.commands.length === 0 ? null : <Commands chat={facts.chat_id} commands={facts.commands} />}
    </>
  );
}

function Choice(props: { chosen: boolean; busy: boolean; name: string; detail?: string; run: () => void; test: string }) {
  return (
    <button type="button" class="menu-item" role="radio" aria-checked={props.chosen} aria-disabled={props.busy} data-test={props.test} onClick={() => props.chosen || props.busy || props.run()}>
      {props.chosen ? <Icon name="check" /> : <span />}
      <span class="name">{props.name}</span>
      {props.detail === undefined ? null : <span class="detail">{props.detail}</span>}
    </button>
  );
}

type NetworkProps = { facts: ChatActing; busy: boolean; asking: boolean; ask: (on: boolean) => void; yes: () => void; no: () => void };

function Network(props: NetworkProps) {
  const { facts } = props;
  const open = facts.sandbox.level <= 1;
  return (
    <>
      <label class="switch-line">
        <span>
          {ta("acting.network")}
          <small>{ta(open ? "acting.networkFree" : facts.network ? "acting.networkOnText" : "acting.networkOffText")}</small>
        </span>
        <input type="checkbox" role="switch" class="toggle" checked={facts.network || props.asking} disabled={props.busy} onChange={(event) => props.ask(event.currentTarget.checked)} data-test="network" />
      </label>
      {props.asking ? <Sure text={ta("acting.networkSure")} yes={ta("acting.networkYes")} onYes={props.yes} onNo={props.no} /> : null}
    </>
  );
}

function Held(props: { facts: ChatActing }) {
  const { level, provider, missing } = props.facts.sandbox;
  if (level > 1)
    return (
      <p class="held" data-test="held">
        <Icon name="shield" />
        {ta("acting.heldBy", { provider })}
      </p>
    );
  return (
    <p class="held none" data-test="held">
      <Icon name="shield" />
      {missing.length === 0 ? ta("acting.noSandbox") : ta("acting.noSandboxWhy", { why: missing.join("; ") })}
    </p>
  );
}
