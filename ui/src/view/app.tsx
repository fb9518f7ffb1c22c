// The window's frame: side bar, header, conversation, composer; or what stands in their place.
import { t } from "../i18n/text.ts";
import { announced, settled } from "../state/app.ts";
import { chat } from "../state/chats.ts";
import { current, drawerOpen } from "../state/route.ts";
import { firstRun, settingsOpen, undecided } from "../state/settings.ts";
import { list } from "../state/list.ts";
import { panelOpen } from "../state/panel.ts";
import { leavePanel } from "../state/panel-kept.ts";
import { link } from "../wire/socket.ts";
import { Banner } from "./banner.tsx";
import { Composer } from "./composer/composer.tsx";
import { DropOverlay } from "./drop.tsx";
import { Header } from "./header.tsx";
import { MenuHost } from "./menu.tsx";
import { Overlays } from "./overlays.tsx";
import { acting, firstRunPage, settingsDialog } from "./parts.ts";
import { Refused } from "./refused.tsx";
import { Restarting } from "./restarting.tsx";
import { Sidebar } from "./sidebar/sidebar.tsx";
import { StartPage, ThreadSkeleton } from "./states.tsx";
import { Toasts } from "./toasts.tsx";
import { Transcript } from "./transcript.tsx";

export function App() {
  if (link.value.state === "refused") return <Refused />;
  const fresh = current.value === null;
  return (
    <>
      <a class="skip-link" href="#composer" onClick={(event) => (event.preventDefault(), document.getElementById("composer")?.focus())}>
        {t("skip.toComposer")}
      </a>
      <div class={panelOpen.value === null ? "shell" : "shell with-panel"}>
        <Sidebar />
        {drawerOpen.value ? <button type="button" class="scrim" aria-label={t("list.close")} onClick={() => (drawerOpen.value = false)} /> : null}
        <main class="main">
          <Header />
          <div class="banners">
            <Banner />
            <Restarting />
          </div>
          {fresh && undecided.value ? <ThreadSkeleton /> : fresh && firstRun.value ? <FirstRun /> : <Conversation />}
          {fresh && (undecided.value || firstRun.value) ? null : <Composer />}
        </main>
        {panelOpen.value === null ? null : <Panel />}
      </div>
      {settingsOpen.value === null ? null : <Settings />}
      <Overlays />
      <MenuHost />
      <Toasts />
      <DropOverlay />
      <div class="visually-hidden" role="status" aria-live="polite">
        {announced.value}
      </div>
    </>
  );
}

function FirstRun() {
  const part = firstRunPage.here.value;
  if (part !== null) return <part.FirstRun />;
  firstRunPage.load();
  return <ThreadSkeleton />;
}

function Panel() {
  const part = acting.here.value;
  if (part === null) acting.load();
  return (
    <>
      <button type="button" class="scrim panel-scrim" tabIndex={-1} aria-label={t("panel.hide")} onClick={leavePanel} />
      {part === null ? <aside class="panel" /> : <part.SidePanel />}
    </>
  );
}

function Settings() {
  const part = settingsDialog.here.value;
  if (part !== null) return <part.SettingsDialog />;
  settingsDialog.load();
  return null;
}

function Conversation() {
  const id = current.value;
  if (id === null && !settled.value) return <ThreadSkeleton />;
  if (id === null) return <StartPage first={list.value.rows.length === 0} />;
  return <Transcript key={id} chat={chat(id)} />;
}
