// A model server's form: where it is, with which key, how it is spoken to, and what goes along with every request.
import { useSignal } from "@preact/signals";
import { ts, type SettingsKey } from "../../i18n/settings.ts";
import { change, updateProvider } from "../../state/settings.ts";
import { draft, forget } from "../../state/settings-draft.ts";
import type { Provider } from "../../wire/settings.ts";
import { SettingsForm, type FieldSpec } from "./form.tsx";

const json = (value: unknown) => (value === null || value === undefined ? "" : JSON.stringify(value, null, 2));

const MORE: { name: "extra_headers" | "extra_body" | "extra_query"; label: SettingsKey; example: string }[] = [
  { name: "extra_headers", label: "providers.headers", example: '{"X-Team": "garden"}' },
  { name: "extra_body", label: "providers.body", example: '{"top_p": 0.9}' },
  { name: "extra_query", label: "providers.query", example: '{"api-version": "2026-01-01"}' },
];
const PLAIN: { name: "thinking_style" | "region" | "profile" | "proxy"; label: SettingsKey }[] = [
  { name: "thinking_style", label: "providers.thinking" },
  { name: "region", label: "providers.region" },
  { name: "profile", label: "providers.profile" },
  { name: "proxy", label: "providers.proxy" },
];

function main(provider: Provider | null): FieldSpec[] {
  const key: FieldSpec = { kind: "secret", name: "api_key", label: "field.key", now: "", hidden: provider?.api_key_hint ?? null, hint: provider?.api_key_hint ? ts("keyKept") : ts(provider?.api_key_required ? "keyWhere" : "keyOptional") };
  const address: FieldSpec = { kind: "text", name: "api_base", label: "field.address", now: provider?.api_base ?? "", keyboard: "url", also: ["API base", "address"], hint: provider?.api_key_hint ? ts("providers.moved") : undefined, example: provider?.default_api_base ?? "https://models.example.org/v1" };
  if (provider === null) return [{ kind: "text", name: "name", label: "field.name", also: ["provider name", "provider"], now: "" }, address, key];
  const label: FieldSpec = { kind: "text", name: "display_name", label: "field.name", also: ["provider name", "provider already exists"], now: provider.label };
  return provider.is_custom ? [label, address, key] : [key, address];
}

function more(provider: Provider | null): FieldSpec[] {
  const listed = provider?.advanced_fields ?? MORE.map((one) => one.name);
  const has = (name: string) => listed.includes(name);
  const speech: FieldSpec = {
    kind: "choice", name: "api_type", label: "providers.speech", now: provider?.api_type ?? "auto",
    options: [{ value: "auto", label: ts("providers.speechAuto") }, { value: "chat_completions", label: "Chat Completions" }, { value: "responses", label: "Responses" }],
  };
  const objects: FieldSpec[] = MORE.filter((one) => has(one.name)).map((one) => ({ kind: "json", name: one.name, label: one.label, now: json(provider?.[one.name]), example: one.example, hint: ts("providers.json") }));
  const plain: FieldSpec[] = PLAIN.filter((one) => has(one.name)).map((one) => ({ kind: "text", name: one.name, label: one.label, now: provider?.[one.name] ?? "" }));
  return [...(provider?.api_type === undefined ? [] : [speech]), ...objects, ...plain];
}

export function ProviderForm(props: { provider: Provider | null; done: () => void }) {
  const { provider } = props;
  const name = `provider:${provider?.name ?? ""}`;
  const form = draft("providers", name);
  const extra = more(provider);
  // What is set already, or wrong, is never hidden.
  const open = useSignal(extra.some((field) => (field.now !== "" && field.now !== "auto") || form.edits.value[field.name] !== undefined));
  const done = () => {
    forget(name);
    props.done();
  };
  const save = (payload: Record<string, unknown>) => (provider === null ? change("settings.provider.create", payload) : updateProvider(provider.name, payload));
  const wrong = form.wrong.value?.field;
  const all = open.value || extra.some((field) => field.name === wrong);
  return (
    <>
      <SettingsForm draft={form} fields={[...main(provider), ...(all ? extra : [])]} save={save} open={{ submit: provider === null ? "providers.create" : "save", done, cancel: done }} test="provider-form" />
      {all || extra.length === 0 ? null : (
        <button type="button" class="link small" onClick={() => (open.value = true)} data-test="provider-more">
          {ts("providers.more")}
        </button>
      )}
    </>
  );
}
