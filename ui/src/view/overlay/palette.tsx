// Ctrl or ⌘ and K: every chat and every command of the window, found by a few letters, chosen with the keys.
import { useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import { paletteOpen } from "../../state/palette.ts";
import { Icon } from "../icon.tsx";
import { entries, type Entry } from "./entries.ts";
import { Modal } from "./modal.tsx";

export function Palette() {
  return paletteOpen.value ? <Open /> : null;
}

function Open() {
  const wanted = useSignal("");
  const at = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const found = useComputed(() => entries(wanted.value));
  const rows = found.value;
  useLayoutEffect(() => box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [at.value, rows]);
  const close = () => (paletteOpen.value = false);
  const picked = useRef<Entry | null>(null);
  // What is chosen begins when this dialog is gone and has given the focus back: under it, everything is inert.
  useLayoutEffect(() => () => queueMicrotask(() => picked.current?.run()), []);
  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    picked.current = entry;
    close();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") at.value = Math.min(rows.length - 1, at.value + 1);
    else if (event.key === "ArrowUp") at.value = Math.max(0, at.value - 1);
    else if (event.key === "Enter") run(rows[at.value]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal class="palette" label={t("palette.open")} test="palette" focus="first" close={close} onKeyDown={onKey}>
      <div class="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={rows.length === 0 ? undefined : `palette-${at.value}`}
          aria-label={t("palette.open")}
          placeholder={t("palette.placeholder")}
          value={wanted.value}
          data-test="palette-input"
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            at.value = 0;
          }}
        />
      </div>
      <div class="palette-list" id="palette-list" role="listbox" aria-label={t("palette.open")} ref={box}>
        {rows.map((entry, index) => (
          <div
            key={entry.id}
            id={`palette-${index}`}
            class="palette-row"
            role="option"
            aria-selected={index === at.value}
            data-test="palette-row"
            onPointerMove={() => (at.value = index)}
            onClick={() => run(entry)}
          >
            <Icon name={entry.icon} />
            <span class="name" dir="auto">{entry.name}</span>
            <span class="detail">{entry.detail}</span>
          </div>
        ))}
        {rows.length === 0 ? <p class="faint">{t("palette.nothing", { text: wanted.value })}</p> : null}
      </div>
    </Modal>
  );
}
