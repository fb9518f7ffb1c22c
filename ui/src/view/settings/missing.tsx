// A section before its settings are here: being read, or unreadable with a way to try again.
import { ts, type SettingsKey } from "../../i18n/settings.ts";
import { refreshSettings, settingsWhy } from "../../state/settings.ts";
import { Head } from "./kit.tsx";

export function Missing(props: { title: SettingsKey }) {
  return (
    <>
      <Head title={props.title} />
      {settingsWhy.value === null ? <Skeleton /> : <Failed why={settingsWhy.value} />}
    </>
  );
}

export function Skeleton() {
  return (
    <div class="set-skeleton" role="status" aria-label={ts("loading")}>
      <i />
      <i />
      <i />
      <i />
    </div>
  );
}

export function Failed(props: { why: string }) {
  return (
    <div class="set-note danger" role="alert" data-test="settings-error">
      <p>
        <strong>{ts("unreadable")}</strong> {props.why}
      </p>
      <p class="small">{ts("unreadableKept")}</p>
      <button type="button" class="button small" onClick={() => void refreshSettings()} data-test="settings-retry">
        {ts("retry")}
      </button>
    </div>
  );
}
