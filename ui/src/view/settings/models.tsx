// The models set up here: which is the default, does it answer, change it, remove it; and adding one.
import { useSignal } from "@preact/signals";
import { t } from "../../i18n/text.ts";
import { activePreset, choosePreset, deletePreset, isDemo, presets, providerLabel, testPreset } from "../../state/settings.ts";
import { words } from "../../state/words.ts";
import type { PresetRow, TestResult } from "../../wire/types.ts";
import { modelLabel } from "../modelid.ts";
import { ByAddress } from "./byaddress.tsx";
import { EditModel } from "./edit.tsx";
import { FoundServers } from "./found.tsx";

export function Models() {
  const adding = useSignal(false);
  return (
    <>
      <p class="soft">{t("models.intro")}</p>
      {presets.value.length === 0 ? <p class="faint">{t("models.none")}</p> : null}
      <ul class="cards">
        {presets.value.map((preset) => (
          <ModelCard key={preset.name} preset={preset} />
        ))}
      </ul>
      <h3>{t("models.add")}</h3>
      <section class="card">
        <FoundServers atOnce={false} chosen={() => {}} />
      </section>
      <section class="card">
        <div class="card-line">
          <div class="grow">
            <div class="name">{t("models.byAddress")}</div>
            <div class="faint small">{t("models.addressHint")}</div>
          </div>
          {adding.value ? null : (
            <button type="button" class="button" onClick={() => (adding.value = true)} data-test="add-address">
              {t("models.add")}
            </button>
          )}
        </div>
        {adding.value ? <ByAddress done={() => (adding.value = false)} cancel={() => (adding.value = false)} /> : null}
      </section>
    </>
  );
}

function ModelCard(props: { preset: PresetRow }) {
  const { preset } = props;
  const mode = useSignal<"idle" | "edit" | "delete">("idle");
  const busy = useSignal(false);
  const why = useSignal("");
  const tested = useSignal<TestResult | null>(null);
  const chosen = preset.name === activePreset.value;
  const run = async (work: () => Promise<unknown>) => {
    busy.value = true;
    why.value = "";
    tested.value = null;
    try {
      await work();
    } catch (error) {
      why.value = words(error);
    }
    busy.value = false;
  };
  const test = () => run(async () => (tested.value = await testPreset(preset.name)));
  return (
    <li class={`card${chosen ? " chosen" : ""}`} data-test="model-card">
      <div class="card-line">
        <div class="grow">
          <span class="name">{preset.label || preset.name}</span> {isDemo(preset.name) ? <span class="demo-badge">{t("model.demo")}</span> : null}{" "}
          {chosen ? <span class="tag">{t("models.default")}</span> : null}
          <div class="faint small" title={preset.model}>{isDemo(preset.name) ? t("model.demoText") : [modelLabel(preset.model), providerLabel(preset.provider)].filter(Boolean).join(" · ")}</div>
        </div>
        {chosen ? null : (
          <button type="button" class="button small" disabled={busy.value} onClick={() => run(() => choosePreset(preset.name))}>
            {t("models.use")}
          </button>
        )}
        <button type="button" class="button small" disabled={busy.value} onClick={test} data-test="test-model">
          {t(busy.value ? "models.testing" : "models.test")}
        </button>
        {isDemo(preset.name) ? null : (
          <>
            <button type="button" class="button small" onClick={() => (mode.value = "edit")}>
              {t("models.edit")}
            </button>
            <button type="button" class="button small danger" onClick={() => (mode.value = "delete")}>
              {t("models.delete")}
            </button>
          </>
        )}
      </div>
      {tested.value === null ? null : (
        <p class="small soft" role="status">
          {t("models.tested", { ms: tested.value.latency_ms, reply: tested.value.reply.slice(0, 200) })}
        </p>
      )}
      {why.value ? <p class="error-text small" role="alert">{why.value}</p> : null}
      {mode.value === "delete" ? (
        <div class="card-line" role="alertdialog" aria-label={t("models.deleteSure", { name: preset.label || preset.name })}>
          <span class="grow">{t("models.deleteSure", { name: preset.label || preset.name })}</span>
          <button type="button" class="button small danger" disabled={busy.value} onClick={() => run(() => deletePreset(preset.name))}>
            {t("models.deleteYes")}
          </button>
          <button type="button" class="button small" onClick={() => (mode.value = "idle")}>
            {t("models.cancel")}
          </button>
        </div>
      ) : null}
      {mode.value === "edit" ? <EditModel preset={preset} done={() => (mode.value = "idle")} /> : null}
    </li>
  );
}
