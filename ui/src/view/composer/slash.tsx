// The `/` commands that fit what is written.
import type { Signal } from "@preact/signals";
import { t } from "../../i18n/text.ts";
import { setText, text } from "../../state/compose.ts";
import { sendComposer } from "../../state/sending.ts";
import type { CommandRow } from "../../wire/types.ts";
import { Offers } from "./offers.tsx";

type Props = { rows: readonly CommandRow[]; at: Signal<number>; take: (row: CommandRow) => void };

/** `run`: it was chosen. `named`: it only stands first; it runs where its name was written whole, and is written out otherwise. */
export type How = "complete" | "named" | "run";

/** A command that takes nothing more is sent at once. */
export function pickCommand(row: CommandRow, how: How): void {
  const more = row.accepts_args || row.arg_hint !== "";
  const meant = how === "run" || (how === "named" && text.value === row.command);
  setText(more ? `${row.command} ` : row.command);
  if (meant && !more) sendComposer();
}

export function SlashMenu(props: Props) {
  return <Offers {...props} name="slash" label={t("slash.label")} keyOf={(row) => row.command} draw={(row) => <Command row={row} />} />;
}

function Command(props: { row: CommandRow }) {
  const { row } = props;
  return (
    <>
      <span class="name">
        {row.command}
        {row.arg_hint ? <i> {row.arg_hint}</i> : null}
      </span>
      <span class="detail">{row.description || row.title}</span>
    </>
  );
}
