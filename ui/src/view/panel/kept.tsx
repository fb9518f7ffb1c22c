// What was overwritten when a person insisted and is kept: one quiet line each, with the way back.
import { counted, ta } from "../../i18n/acting.ts";
import { fullTime } from "../../i18n/text.ts";
import { changes, keyOf, left, restore, underway, type Target } from "../../state/changes.ts";
import { marked } from "../../state/marks.ts";
import { keptAt } from "../../state/overwritten.ts";
import type { Overwritten } from "../../wire/types.gen.ts";
import { keepFocus } from "./keys.ts";

export function Kept(props: { chat: string; target: Target }) {
  const { chat, target } = props;
  const busy = underway.value.has(keyOf(target));
  return (
    <>
      {keptOf(target).map((one) => (
        <div key={one.step} class="kept" data-test="kept">
          <span title={one.files.map(marked).join("\n")}>{words(target, one)}</span>
          <button type="button" class="button small" disabled={busy} title={ta("left.restore")} onClick={(event) => (keepFocus(event), void restore(chat, target, one.step))} data-test="kept-restore">
            {ta("kept.restore")}
          </button>
        </div>
      ))}
    </>
  );
}

function words(target: Target, one: Overwritten): string {
  const time = fullTime(one.at_ms);
  return target.path === undefined ? ta("kept.files", { time, files: counted(one.files) }) : ta("kept.file", { time });
}

function keptOf(target: Target): readonly Overwritten[] {
  const turn = changes.value?.turns.find((one) => one.turn === target.turn);
  return turn === undefined ? [] : keptAt(turn, target.path, left.value.values());
}
