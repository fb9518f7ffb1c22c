// One model that is set up: which it is, whether it answers, and what can be done with it.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { compact, t } from "../../i18n/text.ts";
import { activePreset, choosePreset, deletePreset, isDemo, providerLabel, testPreset } from "../../state/settings.ts";
import { words } from "../../state/words.ts";
import type { Preset } from "../../wire/settings.ts";
import type { TestResult } from "../../wire/types.ts";
import { modelLabel } from "../modelid.ts";
import { Confirm } from "./kit.tsx";
import { PresetForm } from "./presetform.tsx";

function details(preset: Preset): string {
  if (isDemo(preset.name)) return t("model.demoText");
  const window = preset.unset.includes("context_window_tokens") ? "" : ts("models.holds", { n: compact(preset.context_window_tokens) });
  return [modelLabel(preset.model), providerLabel(preset.provider), window].filter(Boolean).join(" · ");
}

export function ModelCard(props: { preset: Preset }) {
  const { preset } = props;
  const name = preset.label || preset.name;
  const mode = useSignal<"idle" | "edit" | "delete">("idle");
  const busy = useSignal<"" | "use" | "test" | "delete">("");
  const why = useSignal("");
  const tested = useSignal<TestResult | null>(null);
  const chosen = preset.name === activePreset.value;
  const run = async (kind: "use" | "test" | "delete", work: () => Promise<unknown>) => {
    busy.value = kind;
    why.value = "";
    tested.value = null;
    try {
      await work();
    } catch (error) {
      why.value = words(error);
      if (kind === "delete") mode.value = "idle";
    }
    busy.value = "";
  };
  const off = busy.value !== "";
  return (
    <li class="set-item" data-test="model-card">
      <div class="card-line">
        <div class="grow">
          <span class="name">{name}</span> {isDemo(preset.name) ? <span class="demo-badge">{t("model.demo")}</span> : null} {chosen ? <span class="tag">{t("models.default")}</span> : null}
          <div class="faint small" title={preset.model}>
            {details(preset)}
          </div>
        </div>
        <div class="card-buttons">
          {chosen ? null : (
            <button type="button" class="button small" disabled={off} onClick={() => void run("use", () => choosePreset(preset.name))} data-test="use-model">
              {t("models.use")}
            </button>
          )}
          <button type="button" class="button small" disabled={off} onClick={() => void run("test", async () => (tested.value = await testPreset(preset.name)))} data-test="test-model">
            {t(busy.value === "test" ? "models.testing" : "models.test")}
          </button>
          {isDemo(preset.name) ? null : (
            <>
              <button type="button" class="button small" disabled={off || mode.value === "edit"} onClick={() => (mode.value = "edit")} data-test="edit-model">
                {t("models.edit")}
              </button>
              <button type="button" class="button small danger" disabled={off} onClick={() => (mode.value = "delete")} data-test="delete-model">
                {t("models.delete")}
              </button>
            </>
          )}
        </div>
      </div>
      {tested.value === null ? null : (
        <p class="small soft" role="status">
          {t("models.tested", { ms: tested.value.latency_ms, reply: tested.value.reply.slice(0, 200) })}
        </p>
      )}
      {why.value ? <p class="error-text small" role="alert">{why.value}</p> : null}
      {mode.value === "delete" ? (
        <Confirm
          question={t("models.deleteSure", { name })}
          yes={t("models.deleteYes")}
          no={t("models.cancel")}
          danger
          busy={off}
          onYes={() => void run("delete", () => deletePreset(preset.name))}
          onNo={() => (mode.value = "idle")}
        />
      ) : null}
      {mode.value === "edit" ? <PresetForm preset={preset} done={() => (mode.value = "idle")} /> : null}
    </li>
  );
}
