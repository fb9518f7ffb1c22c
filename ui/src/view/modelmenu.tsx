// The model chip: names what answers here (the demo always as one) and switches this chat to another preset.
import { useRef } from "preact/hooks";
import { t } from "../i18n/text.ts";
import { knownChat } from "../state/chats.ts";
import { nextPreset } from "../state/compose.ts";
import { switchModel } from "../state/conversation.ts";
import { list } from "../state/list.ts";
import { current } from "../state/route.ts";
import { activePreset, isDemo, presetLabel, presets, providerLabel, settings, settingsOpen, settingsWhy } from "../state/settings.ts";
import type { PresetRow } from "../wire/types.ts";
import { Icon } from "./icon.tsx";
import { modelLabel } from "./modelid.ts";

/** What answers here: the chat's own preset; else, while a turn runs, the one that turn said it uses; else the default. */
function answering(): string | null {
  const id = current.value;
  if (id === null) return nextPreset.value ?? activePreset.value;
  const row = list.value.rows.find((one) => one.id === id);
  const chat = knownChat(id);
  if (row?.preset != null) return row.preset;
  const turns = chat !== undefined && (row === undefined || chat.run.value !== null) ? chat.facts.value : null;
  return turns?.preset ?? activePreset.value ?? turns?.modelName ?? null;
}

/** Nothing is known yet: neither the chat nor the settings were read. */
const unknown = (name: string | null) => name === null && settings.value === null && settingsWhy.value === null;

/** The last turn was answered by another model than the chosen one. */
const fellBack = () => current.value !== null && knownChat(current.value)?.facts.value.fallback === true;

export function ModelMenu() {
  const chip = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const name = answering();
  const place = () => {
    if (chip.current === null || menu.current === null) return;
    const box = chip.current.getBoundingClientRect();
    menu.current.style.top = `${box.bottom + 4}px`;
    menu.current.style.left = `${Math.max(8, Math.min(box.right - 300, window.innerWidth - 308))}px`;
  };
  const choose = (preset: PresetRow) => {
    menu.current?.hidePopover();
    const id = current.value;
    if (id === null) nextPreset.value = preset.name;
    else if (preset.name !== name) switchModel(id, preset.name);
  };
  const openSettings = () => {
    menu.current?.hidePopover();
    settingsOpen.value = "models";
  };
  const label = name === null ? t("model.none") : isDemo(name) ? t("model.demoShort") : presetLabel(name);
  return (
    <>
      <button type="button" class="chip model" ref={chip} popovertarget="model-menu" onClick={place} data-test="model-chip" title={unknown(name) ? t("model.forChat") : `${t("model.forChat")}: ${label}`}>
        {fellBack() ? <span class="demo-badge" title={t("model.fallbackHint")}>{t("model.fallback")}</span> : null}
        {isDemo(name) ? <span class="demo-badge">{t("model.demo")}</span> : null}
        {unknown(name) ? <i class="blank" /> : <span class="label">{label}</span>}
        <Icon name="down" />
      </button>
      <div class="popover" id="model-menu" popover="auto" ref={menu} onBeforeToggle={place}>
        <h2>{t("model.forChat")}</h2>
        {presets.value.map((preset) => (
          <button key={preset.name} type="button" class="menu-item" aria-pressed={preset.name === name} onClick={() => choose(preset)}>
            {preset.name === name ? <Icon name="check" /> : <span />}
            <span class="name">{preset.label || preset.name}</span>
            <span class="detail" title={preset.model}>{isDemo(preset.name) ? t("model.demoText") : [modelLabel(preset.model), providerLabel(preset.provider)].filter(Boolean).join(" · ")}</span>
          </button>
        ))}
        <hr />
        <button type="button" class="menu-item" onClick={openSettings}>
          <span class="name">{t("model.settings")}</span>
        </button>
      </div>
    </>
  );
}
