// The models set up here: in which order they are called, each with what it asks for; and adding one.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { t } from "../../i18n/text.ts";
import { presets, settings } from "../../state/settings.ts";
import { ByAddress } from "./byaddress.tsx";
import { FoundServers } from "./found.tsx";
import { Card, Head } from "./kit.tsx";
import { Missing } from "./missing.tsx";
import { ModelCard } from "./modelcard.tsx";
import { CallOrder } from "./order.tsx";
import { PresetForm } from "./presetform.tsx";

export function Models() {
  if (settings.value === null) return <Missing title="models.title" />;
  return (
    <>
      <Head title="models.title" lead="models.lead" />
      <CallOrder />
      <Card title="models.presets" lead={ts("models.presetsLead")}>
        {presets.value.length === 0 ? <p class="set-row faint">{t("models.none")}</p> : null}
        <ul class="set-list">
          {presets.value.map((preset) => (
            <ModelCard key={preset.name} preset={preset} />
          ))}
        </ul>
      </Card>
      <Card title="models.add" lead={ts("models.addLead")}>
        <div class="set-row stack">
          <FoundServers atOnce={false} chosen={() => {}} />
        </div>
        <Adding kind="preset" />
        <Adding kind="address" />
      </Card>
    </>
  );
}

function Adding(props: { kind: "preset" | "address" }) {
  const open = useSignal(false);
  const close = () => (open.value = false);
  return (
    <div class="set-row stack">
      <div class="card-line">
        <div class="grow">
          <div class="name">{props.kind === "address" ? t("models.byAddress") : ts("models.byProvider")}</div>
          <div class="faint small">{props.kind === "address" ? t("models.addressHint") : ts("models.byProviderHint")}</div>
        </div>
        {open.value ? null : (
          <button type="button" class="button" onClick={() => (open.value = true)} data-test={`add-${props.kind}`}>
            {ts(props.kind === "address" ? "models.addAddress" : "models.addPreset")}
          </button>
        )}
      </div>
      {!open.value ? null : props.kind === "address" ? <ByAddress done={close} cancel={close} /> : <PresetForm preset={null} done={close} />}
    </div>
  );
}
