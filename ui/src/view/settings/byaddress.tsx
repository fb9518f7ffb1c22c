// A model behind an address: where, with which key, which of its models; tried before it is kept if the person wants.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import { choosePreset, createPreset, freeName, presets, providerFor, testAddress } from "../../state/settings.ts";
import { words } from "../../state/words.ts";
import { readProviderModels } from "../../wire/api.ts";
import type { ProviderModels } from "../../wire/types.ts";
import { Field } from "./field.tsx";
import { nameOf } from "./found.tsx";
import { onEscape, useOpened } from "./opened.ts";

export function ByAddress(props: { done: () => void; cancel: () => void }) {
  const address = useSignal("");
  const key = useSignal("");
  const model = useSignal("");
  const listed = useSignal<ProviderModels["models"]>([]);
  const said = useSignal("");
  const why = useSignal("");
  const busy = useSignal<"" | "list" | "test" | "save">("");
  const ready = /^https?:\/\/\S+$/.test(address.value.trim());

  const run = async (kind: "list" | "test" | "save", work: () => Promise<void>) => {
    why.value = ready ? (kind !== "list" && model.value.trim() === "" ? t("models.needModel") : "") : t("models.addressBad");
    said.value = "";
    if (why.value) return;
    busy.value = kind;
    try {
      await work();
    } catch (error) {
      why.value = words(error);
    }
    busy.value = "";
  };
  const base = () => address.value.trim();
  const provider = () => providerFor(new URL(base()).host, base(), key.value);
  const list = () =>
    run("list", async () => {
      const answer = await readProviderModels(await provider());
      listed.value = answer.models;
      if (listed.value.length === 0) why.value = answer.message ?? t("models.noModels");
      else if (model.value === "") model.value = listed.value[0]?.id ?? "";
    });
  const test = () =>
    run("test", async () => {
      const result = await testAddress(base(), model.value.trim(), key.value);
      said.value = t("models.tested", { ms: result.latency_ms, reply: result.reply.slice(0, 200) });
    });
  const save = () =>
    run("save", async () => {
      const id = model.value.trim();
      const name = freeName(nameOf(id), presets.value.map((preset) => preset.name));
      const window = listed.value.find((one) => one.id === id)?.context_window;
      await createPreset({ name, provider: await provider(), model: id, ...(window ? { context_window_tokens: window } : {}) });
      await choosePreset(name);
      props.done();
    });
  const form = useRef<HTMLFormElement>(null);
  useOpened(form, "input");
  return (
    <form class="form" ref={form} onKeyDown={(event) => onEscape(event, props.cancel)} onSubmit={(event) => (event.preventDefault(), void save())}>
      <Field label={t("models.address")} example="http://127.0.0.1:8080/v1" value={address} test="address" keyboard="url" />
      <Field label={t("models.key")} value={key} test="key" type="password" />
      <div class="pair">
        <Field label={t("models.model")} value={model} test="model" list={listed.value.map((one) => one.id)} />
        <button type="button" class="button" disabled={busy.value !== ""} onClick={() => void list()}>
          {t(busy.value === "list" ? "models.listing" : "models.list")}
        </button>
      </div>
      {said.value ? <p class="small soft" role="status">{said.value}</p> : null}
      {why.value ? <p class="error-text" role="alert">{why.value}</p> : null}
      <div class="actions">
        <button type="submit" class="button primary" disabled={busy.value !== ""}>
          {t("models.save")}
        </button>
        <button type="button" class="button" disabled={busy.value !== ""} onClick={() => void test()}>
          {t(busy.value === "test" ? "models.testing" : "models.test")}
        </button>
        <button type="button" class="button quiet" onClick={props.cancel}>
          {t("models.cancel")}
        </button>
      </div>
    </form>
  );
}
