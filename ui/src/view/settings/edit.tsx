// Changes a model that is set up: its name, what it asks for, where, with which key.
import { useSignal } from "@preact/signals";
import { t } from "../../i18n/text.ts";
import { settings, updatePreset, updateProvider } from "../../state/settings.ts";
import { words } from "../../state/words.ts";
import type { PresetRow } from "../../wire/types.ts";
import { Field } from "./field.tsx";

export function EditModel(props: { preset: PresetRow; done: () => void }) {
  const { preset } = props;
  const provider = settings.value?.providers.find((one) => one.name === preset.provider);
  const name = useSignal(preset.name);
  const model = useSignal(preset.model);
  const window = useSignal(String(preset.context_window_tokens ?? ""));
  const address = useSignal(provider?.api_base ?? "");
  const key = useSignal("");
  const why = useSignal("");
  const busy = useSignal(false);
  const save = async () => {
    busy.value = true;
    why.value = "";
    try {
      const base = address.value.trim();
      const moved = provider !== undefined && base !== (provider.api_base ?? "");
      if (moved || key.value !== "") await updateProvider(preset.provider, { ...(moved ? { api_base: base } : {}), ...(key.value ? { api_key: key.value } : {}) });
      const tokens = Number(window.value);
      await updatePreset(preset.name, {
        model: model.value.trim(),
        ...(name.value.trim() !== preset.name ? { new_name: name.value.trim() } : {}),
        ...(window.value !== "" && Number.isFinite(tokens) ? { context_window_tokens: tokens } : {}),
      });
      props.done();
    } catch (error) {
      why.value = words(error);
    }
    busy.value = false;
  };
  return (
    <form class="form" onSubmit={(event) => (event.preventDefault(), void save())}>
      <Field label={t("models.name")} value={name} />
      <Field label={t("models.model")} value={model} />
      <Field label={t("models.window")} value={window} keyboard="numeric" />
      {provider === undefined ? null : (
        <>
          <Field label={t("models.address")} value={address} keyboard="url" />
          <Field label={t("models.key")} value={key} type="password" hint={provider.api_key_hint ? `${provider.api_key_hint} · ${t("models.keyKept")}` : undefined} />
        </>
      )}
      {why.value ? <p class="error-text" role="alert">{why.value}</p> : null}
      <div class="actions">
        <button type="submit" class="button primary" disabled={busy.value}>
          {t("models.save")}
        </button>
        <button type="button" class="button quiet" onClick={props.done}>
          {t("models.cancel")}
        </button>
      </div>
    </form>
  );
}
