// A list above the composer of what fits the word being written. The text field keeps the focus and points at the chosen row.
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

type Props<Row> = {
  /** Begins the ids of the list and its rows. */
  name: string;
  label: string;
  rows: readonly Row[];
  at: Signal<number>;
  keyOf: (row: Row) => string;
  draw: (row: Row) => ComponentChildren;
  take: (row: Row) => void;
  /** Stands under the rows, or in their place. */
  note?: string;
};

export function Offers<Row>(props: Props<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const { name, rows, at } = props;
  useLayoutEffect(() => box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [at.value, rows]);
  return (
    <div class="offers" ref={box} data-test={`${name}-menu`}>
      {rows.length === 0 ? null : (
        <div id={`${name}-menu`} role="listbox" aria-label={props.label}>
          {rows.map((row, index) => (
            <div
              key={props.keyOf(row)}
              id={`${name}-${index}`}
              class={`offer ${name}`}
              role="option"
              aria-selected={index === at.value}
              onPointerDown={(event) => (event.preventDefault(), props.take(row))}
              onPointerMove={() => (at.value = index)}
            >
              {props.draw(row)}
            </div>
          ))}
        </div>
      )}
      {props.note ? (
        <p class="offers-note" data-test={`${name}-note`} onPointerDown={(event) => event.preventDefault()}>
          {props.note}
        </p>
      ) : null}
    </div>
  );
}
