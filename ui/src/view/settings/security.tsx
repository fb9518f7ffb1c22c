// How far chats may reach by default, what really holds them back, and who can reach the gateway.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { change, settings } from "../../state/settings.ts";
import { draft } from "../../state/settings-draft.ts";
import { useWork } from "../work.ts";
import { boot } from "../../wire/socket.ts";
import type { Advanced, Sandbox } from "../../wire/settings.ts";
import { SettingsForm } from "./form.tsx";
import { Card, Confirm, Fact, Head, Note } from "./kit.tsx";
import { Missing } from "./missing.tsx";
import { Keys } from "./overview.tsx";

const update = (payload: object) => change("settings.network_safety.update", payload);

export function Security() {
  const advanced = settings.value?.advanced;
  if (advanced === undefined) return <Missing title="security.title" />;
  return (
    <>
      <Head title="security.title" lead="security.lead" />
      <AccessCard advanced={advanced} />
      <Card title="security.sandbox">
        <SandboxWords sandbox={advanced.workspace_sandbox} />
        <Fact label="security.programs">{ts(advanced.exec_enabled ? "security.programsOn" : "security.programsOff")}</Fact>
      </Card>
      <Card title="security.network">
        <SettingsForm
          draft={draft("security")}
          fields={[{ kind: "switch", name: "webui_allow_local_service_access", label: "security.local", hint: ts("security.localHint"), now: String(advanced.webui_allow_local_service_access) }]}
          save={update}
          test="security-form"
        />
        <Door />
        <Fact label="overview.keys">
          <Keys />
        </Fact>
      </Card>
    </>
  );
}

function AccessCard(props: { advanced: Advanced }) {
  const mode = props.advanced.webui_default_access_mode === "full" ? "full" : "default";
  const asking = useSignal(false);
  const { busy, why, run } = useWork();
  const choose = (to: "default" | "full") =>
    run(async () => {
      await update({ webui_default_access_mode: to });
      asking.value = false;
    });
  return (
    <Card title="security.mode" lead={ts("security.modeLead")} test="access-mode">
      <div class="set-row stack" role="radiogroup" aria-label={ts("security.mode")}>
        {(["default", "full"] as const).map((one) => (
          <label key={one} class="big-choice">
            <input type="radio" name="access-mode" checked={(asking.value ? "full" : mode) === one} disabled={busy.value} onChange={() => (one === "full" ? (asking.value = true) : void choose("default"))} data-test={`access-${one}`} />
            <span>
              <strong>{ts(`security.mode.${one}`)}</strong>
              <small>{ts(one === "full" ? "security.mode.fullHint" : props.advanced.restrict_to_workspace ? "security.mode.defaultHint" : "security.mode.defaultOpenHint")}</small>
            </span>
          </label>
        ))}
      </div>
      {asking.value ? <Confirm question={ts("security.fullSure")} yes={ts("security.fullYes")} no={ts("security.fullNo")} danger busy={busy.value} onYes={() => void choose("full")} onNo={() => (asking.value = false)} /> : null}
      {why.value ? <p class="error-text set-loose" role="alert">{why.value}</p> : null}
    </Card>
  );
}

function SandboxWords(props: { sandbox: Sandbox }) {
  const { sandbox } = props;
  const level = sandbox.level === "system" ? "system" : sandbox.level === "application" ? "application" : "off";
  return (
    <div class="set-row stack">
      <Note tone={level === "system" && sandbox.enforced ? "plain" : "warn"} test="sandbox">
        <strong>{level === "system" ? ts("sandbox.system", { provider: sandbox.provider_label }) : ts(`sandbox.${level}`)}</strong>
        <p>{ts(level === "system" ? "sandbox.systemText" : level === "application" ? "sandbox.applicationText" : "sandbox.offText")}</p>
      </Note>
    </div>
  );
}

/** Where the gateway listens: a socket file only this user opens, or a port somebody asked for. A browser came by a port. */
function Door() {
  const runtime = settings.value?.runtime;
  const browser = boot.value?.runtime_surface !== "native";
  const place = runtime?.gateway_port ? `${runtime.gateway_host}:${runtime.gateway_port}` : browser ? window.location.host : null;
  return (
    <Fact label="security.door" hint={ts("security.doorHint")}>
      <span data-test="open-port">{place === null ? ts("security.socket") : ts("security.port", { place })}</span>
      {place === null ? null : <div class="faint small">{ts("security.portBrowser")}</div>}
    </Fact>
  );
}
