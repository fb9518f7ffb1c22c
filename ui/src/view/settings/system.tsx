// Alcove itself: the clock and places it works with, starting the engine anew, logs and the report.
import { ts } from "../../i18n/settings.ts";
import { change, settings } from "../../state/settings.ts";
import { draft } from "../../state/settings-draft.ts";
import type { Agent } from "../../wire/settings.ts";
import { Diagnostics } from "./diagnostics.tsx";
import { SettingsForm, type FieldSpec } from "./form.tsx";
import { Card, Fact, Head, Path } from "./kit.tsx";
import { Logs } from "./logs.tsx";
import { Missing } from "./missing.tsx";
import { RestartCard } from "./restart.tsx";

const zones = (): string[] => {
  try {
    return ["UTC", ...Intl.supportedValuesOf("timeZone")];
  } catch {
    return ["UTC"];
  }
};

function fields(agent: Agent): FieldSpec[] {
  return [
    { kind: "text", name: "timezone", label: "system.timezone", hint: ts("system.timezoneHint"), now: agent.timezone ?? "", list: zones(), example: "Europe/Berlin" },
    { kind: "number", name: "tool_hint_max_length", label: "system.hint", hint: ts("system.hintHint"), now: String(agent.tool_hint_max_length ?? ""), unit: "unit.characters" },
  ];
}

export function SystemSection() {
  const whole = settings.value;
  if (whole === null) return <Missing title="system.title" />;
  const { runtime, agent } = whole;
  return (
    <>
      <Head title="system.title" />
      {agent.timezone === undefined ? null : (
        <Card title="system.agent">
          <SettingsForm draft={draft("system")} fields={fields(agent)} save={(payload) => change("settings.agent.update", payload)} test="system-form" />
        </Card>
      )}
      <Card title="system.places" lead={ts("system.placesLead")}>
        <Fact label="system.workspace" hint={ts("system.workspaceHint")}>
          <Path text={runtime.workspace_path} />
        </Fact>
        <Fact label="system.data" hint={ts("system.dataHint")}>
          <Path text={runtime.data_path} />
        </Fact>
        {runtime.config_path ? (
          <Fact label="system.config" hint={ts("system.configHint")}>
            <Path text={runtime.config_path} />
          </Fact>
        ) : null}
      </Card>
      <RestartCard />
      <Card title="system.trouble" lead={ts("system.troubleLead")}>
        <Logs />
        <Diagnostics />
      </Card>
    </>
  );
}
