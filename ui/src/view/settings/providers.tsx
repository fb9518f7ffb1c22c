// Model servers and their keys: those that can be used first, then all that are known, and adding one of one's own.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { settings } from "../../state/settings.ts";
import { Card, Head } from "./kit.tsx";
import { Missing } from "./missing.tsx";
import { ProviderCard } from "./providercard.tsx";
import { ProviderForm } from "./providerform.tsx";

export function Providers() {
  const filter = useSignal("");
  const adding = useSignal(false);
  if (settings.value === null) return <Missing title="providers.title" />;
  const all = settings.value.providers.filter((one) => one.name !== "demo");
  const ready = all.filter((one) => one.configured);
  const wanted = filter.value.trim().toLowerCase();
  const rest = all.filter((one) => !one.configured && `${one.label} ${one.name}`.toLowerCase().includes(wanted));
  const many = all.length - ready.length > 8;
  return (
    <>
      <Head title="providers.title" lead="providers.lead" />
      <Card title="providers.ready">
        {ready.length === 0 ? <p class="set-row faint">{ts("providers.none")}</p> : null}
        <ul class="set-list">
          {ready.map((one) => (
            <ProviderCard key={one.name} provider={one} />
          ))}
        </ul>
      </Card>
      <Card title="providers.own" lead={ts("providers.ownLead")} aside={adding.value ? null : <AddButton open={() => (adding.value = true)} />}>
        {adding.value ? <ProviderForm provider={null} done={() => (adding.value = false)} /> : null}
      </Card>
      {all.length === ready.length ? null : (
        <Card title="providers.known" lead={ts("providers.knownLead")}>
          {many ? (
            <div class="set-row stack">
              <input class="input" type="search" value={filter.value} placeholder={ts("providers.search")} aria-label={ts("providers.search")} onInput={(event) => (filter.value = event.currentTarget.value)} data-test="provider-search" />
            </div>
          ) : null}
          <ul class="set-list">
            {rest.map((one) => (
              <ProviderCard key={one.name} provider={one} />
            ))}
          </ul>
          {rest.length === 0 ? <p class="set-row faint">{ts("providers.nothing", { text: filter.value })}</p> : null}
        </Card>
      )}
    </>
  );
}

function AddButton(props: { open: () => void }) {
  return (
    <button type="button" class="button" onClick={props.open} data-test="add-provider">
      {ts("providers.add")}
    </button>
  );
}
