// At a glance: what runs here, which model answers, where things are kept, and how much was used.
import { ts } from "../../i18n/settings.ts";
import { t } from "../../i18n/text.ts";
import { list } from "../../state/list.ts";
import { activePreset, isDemo, presetLabel, providerLabel, settings, settingsOpen } from "../../state/settings.ts";
import { boot, link } from "../../wire/socket.ts";
import { modelLabel } from "../modelid.ts";
import { Card, Fact, Head, Path } from "./kit.tsx";
import { Usage } from "./usage.tsx";

function ActiveModel() {
  const name = activePreset.value;
  const preset = settings.value?.model_presets.find((one) => one.name === name);
  if (name === null) return <span class="faint">{t("model.none")}</span>;
  return (
    <>
      <div>{presetLabel(name)}</div>
      <div class="faint small">{isDemo(name) || preset === undefined ? t("model.demoText") : `${modelLabel(preset.model)} · ${providerLabel(preset.provider)}`}</div>
    </>
  );
}

export function Keys() {
  const secrets = settings.value?.secrets;
  if (secrets === undefined) return <span class="faint">{ts("unknown")}</span>;
  const place = secrets.store === "keyring" ? t("about.keyring") : secrets.store === "file" ? t("about.file") : null;
  return (
    <>
      {place === null ? null : <div>{place}</div>}
      {secrets.detail ? <div class={place === null ? "" : "faint small"}>{secrets.detail}</div> : null}
    </>
  );
}

export function Overview() {
  const whole = settings.value;
  const version = whole?.version?.current ?? boot.value?.version;
  const surface = boot.value?.runtime_surface === "native" ? "about.native" : "about.browser";
  const to = (section: "models" | "storage") => () => (settingsOpen.value = section);
  return (
    <>
      <Head title="overview.title" />
      <Card test="overview-facts">
        {version === undefined ? null : (
          <Fact label="overview.version">
            Alcove {version}
            <div class="faint small">
              {t(link.value.state === "open" ? "link.open" : "link.connecting")} · {ts("overview.surface", { surface: t(surface) })}
            </div>
          </Fact>
        )}
        <Fact label="overview.model">
          <div class="split">
            <div class="grow">
              <ActiveModel />
            </div>
            <button type="button" class="button small" onClick={to("models")}>
              {ts("change")}
            </button>
          </div>
        </Fact>
        {whole?.runtime?.data_path ? (
          <Fact label="overview.storage">
            <div class="split">
              <div class="grow">
                <Path text={whole.runtime.data_path} />
                <div class="faint small">{ts(list.value.rows.length === 1 ? "overview.chat" : "overview.chats", { n: list.value.rows.length })}</div>
              </div>
              <button type="button" class="button small" onClick={to("storage")}>
                {ts("show")}
              </button>
            </div>
          </Fact>
        ) : null}
        <Fact label="overview.keys">
          <Keys />
        </Fact>
      </Card>
      <Usage />
    </>
  );
}
