// The `/` commands that fit what is written, above the composer. The text field keeps the focus.
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import type { CommandRow } from "../../wire/types.ts";

type Props = { rows: readonly CommandRow[]; at: Signal<number>; pick: (row: CommandRow, how: "complete" | "run") => void };

export function SlashMenu(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { rows, at, pick } = props;
  useLayoutEffect(() => box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [at.value]);
  return (
    <div class="slash-menu" id="slash-menu" role="listbox" aria-label={t("slash.label")} ref={box} data-test="slash-menu">
      {rows.map((row, index) => (
        <div
          key={row.command}
          id={`slash-${index}`}
          class="slash-row"
          role="option"
          aria-selected={index === at.value}
          onPointerDown={(event) => (event.preventDefault(), pick(row, "run"))}
          onPointerMove={() => (at.value = index)}
        >
          <span class="name">
            {row.command}
            {row.arg_hint ? <i> {row.arg_hint}</i> : null}
          </span>
          <span class="detail">{row.description || row.title}</span>
        </div>
      ))}
    </div>
  );
}
