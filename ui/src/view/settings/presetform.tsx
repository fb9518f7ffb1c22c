// A preset's form, for a new one and for one there is: name, provider, model from its catalogue, and what is asked of it.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { createPreset, settings, settingsOpen, updatePreset, type NewModel } from "../../state/settings.ts";
import { draft, forget } from "../../state/settings-draft.ts";
import type { Preset } from "../../wire/settings.ts";
import type { ProviderModels } from "../../wire/types.ts";
import { Catalogue } from "./catalogue.tsx";
import { SettingsForm, type FieldSpec } from "./form.tsx";

const DIALECTS = ["auto", "native", "tags"] as const;
const EFFORTS = ["minimal", "low", "medium", "high"];
/** What somebody set; numbers stand in the settings either way. */
const chosen = (preset: Preset | null, name: "max_tokens" | "context_window_tokens") => (preset === null || preset.unset.includes(name) ? null : preset[name]);
const text = (value: number | string | null | undefined) => (value === null || value === undefined ? "" : String(value));

export function PresetForm(props: { preset: Preset | null; done: () => void }) {
  const { preset } = props;
  const name = `preset:${preset?.name ?? ""}`;
  const form = draft("models", name);
  const browsing = useSignal(false);
  const providers = (settings.value?.providers ?? []).filter((one) => one.model_selectable !== false && (one.configured || one.name === preset?.provider));
  const first = preset?.provider ?? providers[0]?.name ?? "";
  const provider = form.value("provider", first);
  const pick = (model: ProviderModels["models"][number]) => {
    form.set("model", model.id, preset?.model ?? "");
    if (model.context_window !== null) form.set("context_window_tokens", String(model.context_window), text(chosen(preset, "context_window_tokens")));
    if (preset === null && form.value("name", "") === "") form.set("name", (model.id.split(/[/\\]/).at(-1) ?? model.id).slice(0, 44), "");
    browsing.value = false;
  };
  if (providers.length === 0) return <NoProvider done={props.done} />;
  const browse = (
    <>
      <button type="button" class="button small" aria-expanded={browsing.value} disabled={provider === ""} onClick={() => (browsing.value = !browsing.value)} data-test="browse">
        {ts(browsing.value ? "models.browseClose" : "models.browse")}
      </button>
      {browsing.value ? <Catalogue key={provider} provider={provider} pick={pick} /> : null}
    </>
  );
  const listed = (preset?.reasoning_effort_values ?? []).filter(Boolean);
  const efforts = listed.length > 0 ? listed : EFFORTS;
  const fields: FieldSpec[] = [
    { kind: "text", name: "name", label: "field.name", also: ["configuration", "preset"], now: preset?.name ?? "" },
    { kind: "choice", name: "provider", label: "field.provider", now: first, options: providers.map((one) => ({ value: one.name, label: one.label || one.name })) },
    { kind: "text", name: "model", label: "field.model", now: preset?.model ?? "", below: browse },
    { kind: "number", name: "context_window_tokens", label: "models.window", hint: ts("models.windowHint"), now: text(chosen(preset, "context_window_tokens")), unit: "unit.tokens" },
    { kind: "number", name: "max_tokens", label: "models.most", hint: ts("models.mostHint"), now: text(chosen(preset, "max_tokens")), unit: "unit.tokens" },
    { kind: "number", name: "temperature", label: "models.temperature", hint: ts("models.temperatureHint"), now: text(preset?.temperature), example: ts("models.asProvider") },
    { kind: "choice", name: "reasoning_effort", label: "models.effort", now: preset?.reasoning_effort ?? "", options: [{ value: "", label: ts("models.asProvider") }, ...efforts.map((value) => ({ value, label: value }))] },
    { kind: "choice", name: "dialect", label: "models.dialect", hint: ts("models.dialectHint"), now: preset?.dialect ?? "auto", options: DIALECTS.map((value) => ({ value, label: ts(`models.dialect.${value}`) })) },
  ];
  const save = ({ name: given, ...rest }: Record<string, unknown>) =>
    preset === null ? createPreset({ name: "", provider, model: "", ...(given === undefined ? {} : { name: given }), ...rest } as NewModel) : updatePreset(preset.name, { ...rest, ...(given === undefined ? {} : { new_name: String(given) }) });
  const done = () => {
    forget(name);
    props.done();
  };
  return <SettingsForm draft={form} fields={fields} save={save} open={{ submit: preset === null ? "models.create" : "save", done, cancel: done }} test="preset-form" />;
}

function NoProvider(props: { done: () => void }) {
  return (
    <div class="card-line">
      <p class="grow soft">{ts("providers.none")}</p>
      <button type="button" class="button small" onClick={() => (settingsOpen.value = "providers")}>
        {ts("noKeyGo")}
      </button>
      <button type="button" class="button small quiet" onClick={props.done}>
        {ts("cancel")}
      </button>
    </div>
  );
}
