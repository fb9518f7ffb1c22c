// Copies a text and says so for a moment.
import { useSignal } from "@preact/signals";
import { t, type Key } from "../i18n/text.ts";
import { copyText } from "../state/clipboard.ts";
import { later } from "../state/clock.ts";
import { Icon } from "./icon.tsx";

export function CopyButton(props: { text: () => string; label?: Key }) {
  const said = useSignal<Key | null>(null);
  const say = (key: Key) => {
    said.value = key;
    later(1_600, () => {
      said.value = null;
    });
  };
  const copy = () => void copyText(props.text()).then(() => say("copied"), () => say("copy.failed"));
  return (
    <button type="button" class="button quiet small" onClick={copy} aria-label={t(props.label ?? "copy")} title={t(props.label ?? "copy")}>
      <Icon name={said.value === "copied" ? "check" : "copy"} />
      {said.value === null ? null : <span role="status">{t(said.value)}</span>}
    </button>
  );
}
