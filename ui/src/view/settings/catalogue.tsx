// What a provider offers, with a filter; one press takes a model.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ts } from "../../i18n/settings.ts";
import { compact } from "../../i18n/text.ts";
import { words } from "../../state/words.ts";
import { readProviderModels } from "../../wire/api.ts";
import type { ProviderModels } from "../../wire/types.ts";
import { modelLabel } from "../modelid.ts";

type Model = ProviderModels["models"][number];
/** Rows drawn at once; the filter finds the others. */
const MOST = 60;

export function Catalogue(props: { provider: string; pick: (model: Model) => void }) {
  const answer = useSignal<ProviderModels | null>(null);
  const why = useSignal("");
  const filter = useSignal("");
  const read = () => {
    why.value = "";
    readProviderModels(props.provider).then(
      (given) => {
        answer.value = given;
      },
      (error: unknown) => {
        why.value = words(error);
      },
    );
  };
  useEffect(read, [props.provider]);
  const wanted = filter.value.trim().toLowerCase().split(/\s+/);
  const found = (answer.value?.models ?? []).filter((model) => wanted.every((word) => `${model.id} ${model.label}`.toLowerCase().includes(word)));
  return (
    <div class="catalogue" data-test="catalogue">
      <input class="input" type="search" value={filter.value} placeholder={ts("models.search")} aria-label={ts("models.search")} onInput={(event) => (filter.value = event.currentTarget.value)} data-test="catalogue-search" />
      {why.value ? (
        <p class="error-text small" role="alert">
          {why.value}{" "}
          <button type="button" class="link" onClick={read}>
            {ts("retry")}
          </button>
        </p>
      ) : answer.value === null ? (
        <p class="faint small" role="status">{ts("models.reading")}</p>
      ) : (
        <>
          {answer.value.message ? <p class="soft small">{answer.value.message}</p> : null}
          <ul class="model-list">
            {found.slice(0, MOST).map((model) => (
              <li key={model.id}>
                <button type="button" class="menu-item" onClick={() => props.pick(model)} data-test="catalogue-model">
                  <span class="name" title={model.id}>
                    {modelLabel(model.id)}
                  </span>
                  <span class="detail">{[model.label !== model.id ? model.label : "", model.context_window === null ? "" : ts("models.holds", { n: compact(model.context_window) })].filter(Boolean).join(" · ")}</span>
                </button>
              </li>
            ))}
          </ul>
          <p class="faint small" role="status">
            {found.length === 0 ? ts("models.noneFound") : found.length > MOST ? ts("models.moreFound", { n: found.length - MOST }) : ts("models.count", { n: found.length })}
          </p>
        </>
      )}
    </div>
  );
}
