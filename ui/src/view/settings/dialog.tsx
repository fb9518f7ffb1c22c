// Settings in a dialog: models, appearance, about.
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import { refreshSettings, settings, settingsOpen, settingsWhy } from "../../state/settings.ts";
import { Icon } from "../icon.tsx";
import { About } from "./about.tsx";
import { Appearance } from "./appearance.tsx";
import { Models } from "./models.tsx";

const TABS = ["models", "appearance", "about"] as const;

export function SettingsDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    void refreshSettings();
  }, []);
  const tab = settingsOpen.value ?? "models";
  const close = () => dialog.current?.close();
  const arrow = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : event.key === "ArrowUp" || event.key === "ArrowLeft" ? -1 : 0;
    const next = TABS[TABS.indexOf(tab) + step];
    if (step === 0 || next === undefined) return;
    settingsOpen.value = next;
    document.getElementById(`tab-${next}`)?.focus();
    event.preventDefault();
  };
  return (
    <dialog class="settings" ref={dialog} aria-labelledby="settings-title" onClose={() => (settingsOpen.value = null)} data-test="settings-dialog">
      <div class="settings-frame">
        <div class="settings-head">
          <h2 id="settings-title">{t("settings.title")}</h2>
          <button type="button" class="icon-button" aria-label={t("settings.close")} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <div class="settings-tabs" role="tablist" aria-label={t("settings.title")} onKeyDown={arrow}>
          {TABS.map((name) => (
            <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={name === tab} aria-controls="settings-body" tabIndex={name === tab ? 0 : -1} onClick={() => (settingsOpen.value = name)}>
              {t(`settings.${name}`)}
            </button>
          ))}
        </div>
        <div class="settings-body" id="settings-body" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {settingsWhy.value !== null && settings.value === null ? (
            <p class="error-text" role="alert">
              {t("settings.error", { why: settingsWhy.value })}
            </p>
          ) : null}
          {tab === "models" ? <Models /> : tab === "appearance" ? <Appearance /> : <About />}
        </div>
      </div>
    </dialog>
  );
}
