// One row of the call order: a handle to drag or to move with arrow keys, the model, and buttons that do the same.
import { ts } from "../../i18n/settings.ts";
import { t } from "../../i18n/text.ts";
import { isDemo, presetLabel, presets, providerLabel } from "../../state/settings.ts";
import { Icon } from "../icon.tsx";
import { modelLabel } from "../modelid.ts";

type Props = {
  name: string; at: number; of: number; held: boolean; off: boolean;
  step: (by: number) => void; take: (pointer: number) => void; remove: () => void;
};

export function OrderRow(props: Props) {
  const { name, at, of, off } = props;
  const preset = presets.value.find((one) => one.name === name);
  const label = presetLabel(name);
  const key = (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    props.step(by);
  };
  const grab = (event: PointerEvent) => {
    if (event.button === 0) props.take(event.pointerId);
  };
  return (
    <li class={`order-row${props.held ? " held" : ""}`} data-name={name} data-test="order-row">
      <button type="button" class="icon-button handle" aria-label={ts("order.handle", { name: label })} title={ts("order.handleHint")} disabled={off} onKeyDown={key} onPointerDown={grab} data-test="order-handle">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M6 3.5v0M10 3.5v0M6 8v0M10 8v0M6 12.5v0M10 12.5v0" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" />
        </svg>
      </button>
      <span class="place">{at + 1}</span>
      <span class="grow">
        <span class="name">{label}</span> {at === 0 ? <span class="tag">{ts("order.first")}</span> : null}
        <span class="faint small block">{preset === undefined ? ts("order.unknown") : isDemo(name) ? t("model.demoText") : `${modelLabel(preset.model)} · ${providerLabel(preset.provider)}`}</span>
      </span>
      <button type="button" class="icon-button up" disabled={off || at === 0} aria-label={ts("order.up", { name: label })} onClick={() => props.step(-1)}>
        <Icon name="down" />
      </button>
      <button type="button" class="icon-button" disabled={off || at === of - 1} aria-label={ts("order.down", { name: label })} onClick={() => props.step(1)}>
        <Icon name="down" />
      </button>
      <button type="button" class="icon-button" disabled={off || of === 1} aria-label={ts("order.remove", { name: label })} title={of === 1 ? ts("order.last") : undefined} onClick={props.remove} data-test="order-remove">
        <Icon name="close" />
      </button>
    </li>
  );
}
