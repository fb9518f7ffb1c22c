// The settings as a page over the chats: sections beside, one of them open; Escape or Back leads to the chat as it was left.
import { useEffect, useRef } from "preact/hooks";
import { ts } from "../../i18n/settings.ts";
import { settings, settingsOpen, settingsWhy } from "../../state/settings.ts";
import { keepFresh } from "../../state/settings-fresh.ts";
import type { Section } from "../../state/settings-place.ts";
import { Icon } from "../icon.tsx";
import { ApprovalsPage } from "./approvals.tsx";
import { Appearance } from "./appearance.tsx";
import { ImageSection } from "./imagesection.tsx";
import { Models } from "./models.tsx";
import { Nav } from "./nav.tsx";
import { Overview } from "./overview.tsx";
import { Providers } from "./providers.tsx";
import { RestartBanner } from "./restartbanner.tsx";
import { Security } from "./security.tsx";
import { Storage } from "./storage.tsx";
import { SystemSection } from "./system.tsx";
import { VoiceSection } from "./voicesection.tsx";
import { WebSection } from "./websection.tsx";

const VIEWS: Record<Section, () => preact.JSX.Element> = {
  overview: Overview,
  appearance: Appearance,
  models: Models,
  providers: Providers,
  web: WebSection,
  image: ImageSection,
  voice: VoiceSection,
  system: SystemSection,
  approvals: ApprovalsPage,
  security: Security,
  storage: Storage,
};

export function SettingsDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    document.getElementById("section-title")?.focus();
    return keepFresh();
  }, []);
  const section = settingsOpen.value ?? "overview";
  useEffect(() => {
    body.current?.scrollTo(0, 0);
    document.querySelector(`[data-test="section-${section}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [section]);
  const View = VIEWS[section];
  return (
    <dialog class="settings" ref={dialog} aria-labelledby="settings-title" onClose={() => (settingsOpen.value = null)} data-test="settings-dialog">
      <div class="settings-frame">
        <div class="settings-head">
          <button type="button" class="button quiet back" onClick={() => dialog.current?.close()} data-test="settings-close">
            <Icon name="chevron" />
            {ts("back")}
          </button>
          <h2 id="settings-title">{ts("title")}</h2>
        </div>
        <Nav section={section} />
        <div class="settings-body" ref={body} id="settings-body">
          <div class="set-column">
            <RestartBanner inSettings />
            {settings.value !== null && settingsWhy.value !== null ? (
              <p class="set-note warn small" role="status">
                {ts("stale", { why: settingsWhy.value })}
              </p>
            ) : null}
            <View key={section} />
          </div>
        </div>
      </div>
    </dialog>
  );
}
