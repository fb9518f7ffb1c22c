// One model server: its key's hint, its address; its key set, replaced or cleared; the rest of it behind Edit.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { t } from "../../i18n/text.ts";
import { change, settings, updateProvider } from "../../state/settings.ts";
import type { Provider } from "../../wire/settings.ts";
import { useWork } from "../work.ts";
import { Confirm } from "./kit.tsx";
import { ProviderForm } from "./providerform.tsx";

function state(provider: Provider): string {
  if (provider.auth_type === "oauth") return ts("providers.oauth");
  if (provider.api_key_hint) return ts("providers.keyIs", { hint: provider.api_key_hint });
  if (provider.configured) return ts("providers.keyNone");
  return ts(provider.api_key_required ? "providers.keyNeeded" : "providers.notSet");
}

export function ProviderCard(props: { provider: Provider }) {
  const { provider } = props;
  const mode = useSignal<"idle" | "edit" | "clear" | "delete">("idle");
  const { busy, why, run } = useWork();
  const uses = (settings.value?.model_presets ?? []).filter((one) => one.provider === provider.name && !one.is_default);
  const then = (work: () => Promise<unknown>) => run(work).then(() => (mode.value = "idle"));
  const address = provider.api_base ?? provider.default_api_base ?? "";
  const signIn = provider.auth_type === "oauth";
  return (
    <li class="set-item" data-test="provider-card" data-name={provider.name}>
      <div class="card-line">
        <div class="grow">
          <span class="name">{provider.label || provider.name}</span> {provider.is_custom ? <span class="tag plain">{ts("providers.custom")}</span> : null}
          <div class="faint small">{[state(provider), address].filter(Boolean).join(" · ")}</div>
          {uses.length > 0 ? <div class="faint small">{ts("providers.usedBy", { names: uses.map((one) => one.label || one.name).join(", ") })}</div> : null}
        </div>
        <div class="card-buttons">
          <button type="button" class="button small" disabled={signIn || busy.value || mode.value === "edit"} title={signIn ? ts("providers.oauthOff") : undefined} onClick={() => (mode.value = "edit")} data-test="provider-edit">
            {provider.configured ? t("models.edit") : ts("providers.setUp")}
          </button>
          {provider.api_key_hint && provider.is_custom ? (
            <button type="button" class="button small" disabled={busy.value} onClick={() => (mode.value = "clear")} data-test="provider-clear">
              {ts("providers.clear")}
            </button>
          ) : null}
          {provider.is_custom || (provider.configured && provider.auth_type !== "none") ? (
            <button type="button" class="button small danger" disabled={busy.value || uses.length > 0} title={uses.length > 0 ? ts("providers.inUse") : undefined} onClick={() => (mode.value = "delete")} data-test="provider-delete">
              {provider.is_custom ? t("models.delete") : ts("providers.reset")}
            </button>
          ) : null}
        </div>
      </div>
      {why.value ? <p class="error-text small" role="alert">{why.value}</p> : null}
      {mode.value === "clear" ? (
        <Confirm question={ts("providers.clearSure", { name: provider.label })} yes={ts("providers.clear")} no={ts("cancel")} danger busy={busy.value} onYes={() => void then(() => updateProvider(provider.name, { api_key: "" }))} onNo={() => (mode.value = "idle")} />
      ) : null}
      {mode.value === "delete" ? (
        <Confirm question={provider.is_custom ? t("models.deleteSure", { name: provider.label }) : ts("providers.resetSure", { name: provider.label })} yes={provider.is_custom ? t("models.deleteYes") : ts("providers.reset")} no={ts("cancel")} danger busy={busy.value} onYes={() => void then(() => change("settings.provider.delete", { provider: provider.name }))} onNo={() => (mode.value = "idle")} />
      ) : null}
      {mode.value === "edit" ? <ProviderForm provider={provider} done={() => (mode.value = "idle")} /> : null}
    </li>
  );
}
