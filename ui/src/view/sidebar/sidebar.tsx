// The side bar: new chat, looking for one, every chat by project, what can be done with several at once.
import { t } from "../../i18n/text.ts";
import { pickImport } from "../../state/exchange.ts";
import { openMenuAt } from "../../state/menu.ts";
import { drawerOpen, go } from "../../state/route.ts";
import { nextScope } from "../../state/scope.ts";
import { settingsOpen } from "../../state/settings.ts";
import { filter } from "../../state/shown.ts";
import { newTemporary } from "../../state/temporary.ts";
import { Icon } from "../icon.tsx";
import { newChatKey } from "../keys.ts";
import { Bulk } from "./bulk.tsx";
import { Chats } from "./chats.tsx";
import { sortItems } from "./items.ts";
import { paletteKey } from "../keys.ts";
import { paletteOpen } from "../../state/palette.ts";

export function Sidebar() {
  const begin = () => {
    nextScope.value = null;
    go(null);
  };
  const more = (event: MouseEvent) =>
    openMenuAt(t("list.more"), event.currentTarget as Element, [
      { label: t("temporary.new"), icon: "hourglass", run: () => void newTemporary() },
      { label: t("import.open"), icon: "into", run: pickImport },
      "line",
      ...sortItems(),
    ]);
  return (
    <nav class={`sidebar${drawerOpen.value ? " open" : ""}`} id="sidebar" aria-label={t("list.label")}>
      <div class="side">
        <div class="side-top">
          <button type="button" class="button" onClick={begin} data-test="new-chat">
            <Icon name="plus" />
            {t("chat.new")}
            <kbd>{newChatKey}</kbd>
          </button>
          <button type="button" class="icon-button" aria-label={t("list.more")} title={t("list.more")} aria-haspopup="menu" onClick={more} data-test="list-more">
            <Icon name="more" />
          </button>
        </div>
        <div class="side-filter">
          <input
            class="input"
            type="search"
            value={filter.value}
            placeholder={t("list.filter")}
            aria-label={t("list.filter")}
            onInput={(event) => (filter.value = event.currentTarget.value)}
          />
          <button type="button" class="icon-button" aria-label={t("palette.open")} title={`${t("palette.open")} (${paletteKey})`} onClick={() => (paletteOpen.value = true)} data-test="palette-open">
            <Icon name="search" />
          </button>
        </div>
        <Chats />
        <div class="side-foot">
          <Bulk />
          <button type="button" class="button quiet" onClick={() => (settingsOpen.value = "models")} data-test="settings">
            <Icon name="gear" />
            {t("settings.open")}
          </button>
        </div>
      </div>
    </nav>
  );
}
