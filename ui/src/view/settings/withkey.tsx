// A known provider with a person's own key: the key is kept, its models are listed, one is chosen and used.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ts } from "../../i18n/settings.ts";
import { t } from "../../i18n/text.ts";
import { choosePreset, createPreset, freeName, presets, settings, updateProvider } from "../../state/settings.ts";
import { useWork } from "../work.ts";
import { Catalogue } from "./catalogue.tsx";
import { Field } from "./field.tsx";
import { nameOf } from "./found.tsx";
import { onEscape, useOpened } from "./opened.ts";

export function WithKey(props: { done: () => void; cancel: () => void }) {
  const known = (settings.value?.providers ?? []).filter((one) => one.api_key_required && !one.is_custom && one.auth_type === "api_key");
  const provider = useSignal(known[0]?.name ?? "");
  const key = useSignal("");
  const listing = useSignal(false);
  const model = useSignal("");
  const { busy, why, run } = useWork();
  const row = known.find((one) => one.name === provider.value);
  const keep = () =>
    run(async () => {
      if (key.value !== "" || !row?.configured) await updateProvider(provider.value, { api_key: key.value });
      key.value = "";
      listing.value = true;
    });
  const use = (id: string, window: number | null) =>
    run(async () => {
      const name = freeName(nameOf(id), presets.value.map((preset) => preset.name));
      await createPreset({ name, provider: provider.value, model: id, ...(window === null ? {} : { context_window_tokens: window }) });
      await choosePreset(name);
      props.done();
    });
  const form = useRef<HTMLFormElement>(null);
  useOpened(form, "select");
  useEffect(() => {
    if (listing.value) form.current?.querySelector("input")?.focus();
  }, [listing.value]);
  const onKeyDown = (event: KeyboardEvent) => onEscape(event, props.cancel);
  if (listing.value)
    return (
      <form class="form" ref={form} onKeyDown={onKeyDown} onSubmit={(event) => (event.preventDefault(), void use(model.value.trim(), null))} data-test="with-key">
        <p class="name">{ts("withKey.choose", { name: row?.label ?? provider.value })}</p>
        <Catalogue provider={provider.value} pick={(one) => void use(one.id, one.context_window)} />
        <div class="pair">
          <Field label={ts("withKey.byId")} value={model} test="key-model" />
          <button type="submit" class="button" disabled={busy.value || model.value.trim() === ""}>
            {ts("withKey.use")}
          </button>
        </div>
        {why.value ? <p class="error-text" role="alert">{why.value}</p> : null}
        <div class="actions">
          <button type="button" class="button" disabled={busy.value} onClick={() => (listing.value = false)}>
            {ts("withKey.again")}
          </button>
        </div>
      </form>
    );
  return (
    <form class="form" ref={form} onKeyDown={onKeyDown} onSubmit={(event) => (event.preventDefault(), void keep())} data-test="with-key">
      <label class="field">
        <span>{ts("field.provider")}</span>
        <select class="input" value={provider.value} onChange={(event) => (provider.value = event.currentTarget.value)} data-test="key-provider">
          {known.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </select>
      </label>
      <Field label={ts("field.key")} value={key} type="password" test="key-key" hint={row?.api_key_hint ? `${row.api_key_hint} · ${t("models.keyKept")}` : undefined} />
      {why.value ? <p class="error-text" role="alert">{why.value}</p> : null}
      <div class="actions">
        <button type="submit" class="button primary" disabled={busy.value || (key.value.trim() === "" && !row?.configured)} data-test="key-next">
          {ts("withKey.next")}
        </button>
        <button type="button" class="button quiet" onClick={props.cancel}>
          {t("models.cancel")}
        </button>
      </div>
    </form>
  );
}
