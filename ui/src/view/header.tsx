// Above the conversation: its title, which model answers, how much of the model's context is in use.
import { compact, t } from "../i18n/text.ts";
import { settled } from "../state/app.ts";
import { knownChat } from "../state/chats.ts";
import { openFind } from "../state/find.ts";
import { list, listPhase } from "../state/list.ts";
import { openMenuAt, type MenuItem } from "../state/menu.ts";
import { panelOpen } from "../state/panel.ts";
import { togglePanel } from "../state/panel-kept.ts";
import { titleOf } from "../state/rename.ts";
import { current, drawerOpen } from "../state/route.ts";
import { discardTemporary, temporaryOf } from "../state/temporary.ts";
import { Icon } from "./icon.tsx";
import { changesKey, findKey } from "./keys.ts";
import { ModelMenu } from "./modelmenu.tsx";
import { acting } from "./parts.ts";
import { ScopeChip } from "./scopechip.tsx";
import { chatItems } from "./sidebar/items.ts";

export function Header() {
  const id = current.value;
  const row = list.value.rows.find((one) => one.id === id);
  const passing = temporaryOf(id);
  const title = passing !== undefined ? passing.title || t("temporary.untitled") : id === null ? t("chat.new") : titleOf(id) || t("chat.untitled");
  // Also the first bold text of the page: loading that face waits until there is something to say.
  const unknown = row === undefined && passing === undefined && (id === null ? !settled.value : listPhase.value === "loading");
  const chip = acting.here.value;
  return (
    <header class="header">
      <button
        type="button"
        class="icon-button drawer-button"
        aria-label={t(drawerOpen.value ? "list.close" : "list.open")}
        aria-expanded={drawerOpen.value}
        aria-controls="sidebar"
        onClick={() => (drawerOpen.value = !drawerOpen.value)}
      >
        <Icon name="menu" />
      </button>
      <h1 dir="auto" title={unknown ? undefined : title}>
        {unknown ? <i class="blank" /> : title}
      </h1>
      <ScopeChip />
      {chip === null ? null : <chip.ActingChip />}
      <span class="spring" />
      <Usage id={id} />
      <ModelMenu />
      <PanelButton />
      <ChatMenu id={id} />
    </header>
  );
}

function PanelButton() {
  const open = panelOpen.value !== null;
  const name = t(open ? "panel.hide" : "panel.show");
  return (
    <button type="button" class="icon-button panel-button" aria-label={name} title={`${name} (${changesKey})`} aria-expanded={open} aria-controls="side-panel" onClick={() => togglePanel("pointer")} data-test="panel-toggle">
      <Icon name="changes" />
    </button>
  );
}

/** What can be done with the chat in front, also by who has no pointer. */
function ChatMenu(props: { id: string | null }) {
  const { id } = props;
  if (id === null) return null;
  const passing = temporaryOf(id) !== undefined;
  const own = (): MenuItem[] => (passing ? [{ label: t("temporary.discard"), icon: "close", run: () => discardTemporary(id) }] : chatItems(id));
  const items = (): MenuItem[] => [{ label: t("find.title"), icon: "search", keys: findKey, run: () => void openFind() }, "line", ...own()];
  return (
    <button type="button" class="icon-button chat-menu" aria-label={t("chat.menuHere")} title={t("chat.menuHere")} aria-haspopup="menu" data-test="chat-menu-here" onClick={(event) => openMenuAt(t("chat.menuHere"), event.currentTarget, items())}>
      <Icon name="more" />
    </button>
  );
}

function Usage(props: { id: string | null }) {
  const facts = props.id === null ? undefined : knownChat(props.id)?.facts.value;
  const used = facts?.usage?.context_tokens;
  if (facts === undefined || used === undefined) return null;
  const most = facts.window;
  if (most === null) return <span class="usage" title={t("usage.label")}>{t("usage.tokens", { used: compact(used) })}</span>;
  const share = Math.min(1, used / most);
  return (
    <span class="usage" title={`${t("usage.label")}: ${t("usage.of", { used: compact(used), most: compact(most) })}`} role="img" aria-label={`${t("usage.label")}: ${t("usage.of", { used, most })}`}>
      <span class={`bar${share > 0.85 ? " tight" : ""}`}>
        <i style={{ width: `${Math.max(2, share * 100)}%` }} />
      </span>
      <span class="sum">{t("usage.of", { used: compact(used), most: compact(most) })}</span>
    </span>
  );
}
