// What the palette offers: the window's commands, what can be done with the chat in front, and the chats.
import { t, type Key } from "../../i18n/text.ts";
import { arrangement } from "../../state/arrangement.ts";
import { focusAsked } from "../../state/compose.ts";
import { pickImport } from "../../state/exchange.ts";
import { openFind } from "../../state/find.ts";
import { keyOf } from "../../state/lines.ts";
import { list } from "../../state/list.ts";
import { score } from "../../state/plain.ts";
import { askPrompt } from "../../state/prompts.ts";
import { current, go } from "../../state/route.ts";
import { settingsOpen } from "../../state/settings.ts";
import { newTemporary, temporaryOf } from "../../state/temporary.ts";
import { chooseTheme, type Theme } from "../../state/theme.ts";
import { hidden } from "../../state/trash.ts";
import type { IconName } from "../icon.tsx";
import { findKey, newChatKey, promptBackKey, promptNextKey } from "../keys.ts";
import { actingEntries } from "./actingentries.ts";
import { chatItems } from "../sidebar/items.ts";

export type Entry = { id: string; name: string; detail: string; icon: IconName; run: () => void };
/** More than anyone reads. */
const MOST = 60;
const LATEST = 6;

function windowCommands(): Entry[] {
  const themes: Theme[] = ["system", "light", "dark"];
  const begin = () => {
    go(null);
    focusAsked.value += 1;
  };
  return [
    { id: "new", name: t("chat.new"), detail: newChatKey, icon: "plus", run: begin },
    { id: "temporary", name: t("temporary.new"), detail: "", icon: "hourglass", run: () => void newTemporary() },
    { id: "settings", name: t("settings.open"), detail: "", icon: "gear", run: () => (settingsOpen.value = "models") },
    ...actingEntries(),
    { id: "import", name: t("import.open"), detail: "", icon: "into", run: pickImport },
    ...themes.map((theme): Entry => ({ id: `theme ${theme}`, name: `${t("appearance.theme")}: ${t(`appearance.${theme}` as Key)}`, detail: "", icon: "gear", run: () => chooseTheme(theme) })),
  ];
}

/** Ways inside the chat in front. */
function waysHere(): Entry[] {
  if (current.value === null) return [];
  return [
    { id: "find", name: t("find.title"), detail: findKey, icon: "search", run: () => void openFind() },
    { id: "prompt back", name: t("jump.back"), detail: promptBackKey, icon: "up", run: () => void askPrompt(-1) },
    { id: "prompt next", name: t("jump.next"), detail: promptNextKey, icon: "down", run: () => void askPrompt(1) },
  ];
}

function chatCommands(): Entry[] {
  const id = current.value;
  if (id === null || temporaryOf(id) !== undefined) return [];
  return chatItems(id).flatMap((item) => (item === "line" ? [] : [{ id: `chat ${item.label}`, name: item.label, detail: t("palette.thisChat"), icon: item.icon ?? "right", run: item.run }]));
}

function chats(): Entry[] {
  const rows = list.value.rows.filter((row) => !hidden.value.has(row.id)).toSorted((a, b) => b.updated - a.updated);
  return rows.map((row) => ({ id: row.id, name: arrangement.value.title_overrides[keyOf(row.id)] || row.title || t("chat.untitled"), detail: row.project, icon: "quote", run: () => go(row.id) }));
}

/** Without a word: the latest chats, then the commands. With one: what answers to it best. */
export function entries(wanted: string): Entry[] {
  if (wanted.trim() === "") return [...chats().slice(0, LATEST), ...waysHere(), ...windowCommands(), ...chatCommands()];
  const rated = [...waysHere(), ...windowCommands(), ...chatCommands(), ...chats()].map((entry) => ({ entry, rate: Math.max(score(entry.name, wanted) * 2, score(`${entry.name} ${entry.detail}`, wanted)) }));
  return rated.filter((one) => one.rate > 0).sort((a, b) => b.rate - a.rate).slice(0, MOST).map((one) => one.entry);
}
