// Model servers that answer on this machine, with what they have loaded; one press uses one.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ts } from "../../i18n/settings.ts";
import { compact, t } from "../../i18n/text.ts";
import { choosePreset, createPreset, discover, freeName, presets, providerFor } from "../../state/settings.ts";
import { modelLabel } from "../modelid.ts";
import { useWork } from "../work.ts";
import type { FoundServer } from "../../wire/types.ts";

type Model = FoundServer["models"][number];

/** A preset needs a short name: the last part of the id. */
export const nameOf = (id: string) => modelLabel(id).split("/").at(-1) || id;

async function use(server: FoundServer, model: Model): Promise<void> {
  const provider = await providerFor(server.label, server.api_base, "");
  const known = presets.value.find((preset) => preset.provider === provider && preset.model === model.id);
  const name = known?.name ?? freeName(nameOf(model.id), presets.value.map((preset) => preset.name));
  const window = model.context_window === null ? {} : { context_window_tokens: model.context_window };
  if (known === undefined) await createPreset({ name, provider, model: model.id, ...window });
  await choosePreset(name);
}

export function FoundServers(props: { atOnce: boolean; chosen: () => void }) {
  const servers = useSignal<FoundServer[] | null>(null);
  const { busy, why, run } = useWork();
  const look = () => run(async () => void (servers.value = await discover()));
  useEffect(() => {
    if (props.atOnce && servers.value === null) void look();
  }, [props.atOnce]);
  const pick = (server: FoundServer, model: Model) => run(() => use(server, model).then(props.chosen));
  return (
    <>
      <div class="card-line">
        <div class="grow">
          <div class="name">{t("models.found")}</div>
          {busy.value && servers.value === null ? <div class="faint">{t("models.finding")}</div> : null}
          {servers.value?.length === 0 ? <div class="soft">{t("models.foundNone")}</div> : null}
        </div>
        <button type="button" class="button" disabled={busy.value} onClick={look} data-test="find-servers">
          {t(servers.value === null ? "models.find" : "first.again")}
        </button>
      </div>
      {servers.value?.map((server) => (
        <ServerRow key={server.api_base} server={server} busy={busy.value} pick={pick} />
      ))}
      {why.value ? <p class="error-text" role="alert">{why.value}</p> : null}
    </>
  );
}

function ServerRow(props: { server: FoundServer; busy: boolean; pick: (server: FoundServer, model: Model) => void }) {
  const { server } = props;
  return (
    <div data-test="found-server">
      <div class="small">
        <strong>{server.label}</strong> <span class="faint">{server.api_base}</span>
      </div>
      {server.models.length === 0 ? <div class="small soft">{t("models.noModels")}</div> : null}
      <ul class="model-list">
        {server.models.map((model) => (
          <li key={model.id}>
            <span class="id" title={model.id}>
              {modelLabel(model.id)}
            </span>
            {model.context_window ? <span class="faint small">{ts("models.holds", { n: compact(model.context_window) })}</span> : null}
            <button type="button" class="button small" disabled={props.busy} onClick={() => props.pick(server, model)} data-test="use-found">
              {t("models.useThis")}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
