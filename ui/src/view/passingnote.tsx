// Above the composer of a temporary chat: what it is, or that it has ended.
import { t } from "../i18n/text.ts";
import { current } from "../state/route.ts";
import { discardTemporary, temporaryOf } from "../state/temporary.ts";
import { Icon } from "./icon.tsx";

export function PassingNote() {
  const one = temporaryOf(current.value);
  if (one === undefined) return null;
  return (
    <div class="passing-note" role="note" data-test="temporary-note">
      <Icon name="hourglass" />
      <span>{t(one.over ? "temporary.overText" : "temporary.text")}</span>
      <button type="button" class="button small" data-test="temporary-discard" onClick={() => discardTemporary(one.id)}>
        {t(one.over ? "temporary.leave" : "temporary.end")}
      </button>
    </div>
  );
}
