// Which model is called first and which stand in for it; rows are dragged by their handle, or moved with arrow keys and buttons.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ts } from "../../i18n/settings.ts";
import { change, presetLabel, presets, settings } from "../../state/settings.ts";
import { moveBy, moveTo, placeAt } from "../../state/settings-order.ts";
import { words } from "../../state/words.ts";
import { Card } from "./kit.tsx";
import { OrderRow } from "./orderrow.tsx";

export function CallOrder() {
  const kept = settings.value?.model_call_order;
  const editable = settings.value?.model_call_order_editable !== false;
  /** The order as it is being moved; null while the gateway's holds. */
  const moving = useSignal<readonly string[] | null>(null);
  const held = useSignal<string | null>(null);
  const busy = useSignal(false);
  const why = useSignal("");
  const said = useSignal("");
  const rows = useRef<HTMLOListElement>(null);
  /** The row whose handle must keep the focus while it moves. */
  const refocus = useRef<string | null>(null);
  useLayoutEffect(() => {
    const name = refocus.current;
    if (name === null || rows.current === null || rows.current.contains(document.activeElement)) return;
    const row = [...rows.current.children].find((one) => (one as HTMLElement).dataset.name === name);
    row?.querySelector<HTMLElement>(".handle")?.focus();
    refocus.current = null;
  });
  if (kept === undefined) return null;
  const order = moving.value ?? kept;
  const same = (one: readonly string[] | null) => one === null || one.join("\n") === settings.peek()?.model_call_order.join("\n");
  // What is moved while a save is under way goes with the next one.
  const save = async (next: readonly string[]) => {
    moving.value = next;
    if (busy.value) return;
    busy.value = true;
    why.value = "";
    try {
      for (let sent: readonly string[] | null = null; held.value === null && moving.value !== null && moving.value !== sent && !same(moving.value); ) {
        sent = moving.value;
        await change("settings.model_call_order.update", { order: sent });
      }
    } catch (error) {
      why.value = words(error);
    }
    if (held.value === null) moving.value = null;
    busy.value = false;
  };
  const step = (name: string, by: number) => {
    const next = moveBy(order, name, by);
    if (next === order) return;
    refocus.current = name;
    said.value = ts("order.moved", { name: presetLabel(name), n: next.indexOf(name) + 1, of: next.length });
    void save(next);
  };
  // The list holds the pointer: a row would lose it when it is put elsewhere.
  const take = (name: string, pointer: number) => {
    if (!editable) return;
    rows.current?.setPointerCapture(pointer);
    held.value = name;
  };
  const drag = (y: number) => {
    const name = held.value;
    if (name === null || rows.current === null) return;
    const middles = [...rows.current.children].filter((one) => (one as HTMLElement).dataset.name !== name).map((one) => one.getBoundingClientRect()).map((box) => box.top + box.height / 2);
    moving.value = moveTo(order, name, placeAt(y, [...middles, Infinity]));
  };
  const drop = () => {
    if (held.value === null) return;
    held.value = null;
    if (moving.value !== null) void save(moving.value);
  };
  const others = presets.value.filter((preset) => !order.includes(preset.name));
  return (
    <Card title="order.title" lead={ts("order.lead")} test="call-order">
      <ol class="set-list order" ref={rows} aria-busy={busy.value} onPointerMove={(event) => drag(event.clientY)} onPointerUp={drop} onPointerCancel={drop}>
        {order.map((name, at) => (
          <OrderRow key={name} name={name} at={at} of={order.length} held={held.value === name} off={!editable} step={(by) => step(name, by)} take={(pointer) => take(name, pointer)} remove={() => void save(order.filter((one) => one !== name))} />
        ))}
      </ol>
      {order.length === 0 ? <p class="set-row faint">{ts("order.none")}</p> : null}
      {why.value ? <p class="error-text set-loose" role="alert">{why.value}</p> : null}
      {!editable ? <p class="set-row faint small">{ts("order.fixed")}</p> : null}
      {editable && others.length > 0 ? (
        <div class="set-row stack">
          <select class="input" aria-label={ts("order.add")} value="" onChange={(event) => void save([...order, event.currentTarget.value])} data-test="order-add">
            <option value="" disabled>
              {ts("order.add")}
            </option>
            {others.map((preset) => (
              <option key={preset.name} value={preset.name}>
                {preset.label || preset.name}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      <p class="visually-hidden" role="status">{said.value}</p>
    </Card>
  );
}
