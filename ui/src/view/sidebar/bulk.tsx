// Several chats are chosen: what can be done with all of them.
import { t } from "../../i18n/text.ts";
import { archive, pin } from "../../state/arrangement.ts";
import { chosen, chooseNone } from "../../state/shown.ts";
import { Icon, type IconName } from "../icon.tsx";
import { deleteThese } from "./items.ts";

export function Bulk() {
  const ids = [...chosen.value];
  if (ids.length < 2) return null;
  const act = (label: string, icon: IconName, run: () => void, test: string) => (
    <button type="button" class="icon-button" aria-label={label} title={label} data-test={test} onClick={run}>
      <Icon name={icon} />
    </button>
  );
  const then = (run: () => void) => () => {
    run();
    chooseNone();
  };
  return (
    <div class="bulk" role="toolbar" aria-label={t(ids.length === 1 ? "bulk.labelOne" : "bulk.label", { count: ids.length })} data-test="bulk">
      <span>{t("bulk.count", { count: ids.length })}</span>
      {act(t("chat.pin"), "pin", then(() => pin(ids, true)), "bulk-pin")}
      {act(t("chat.archive"), "archive", then(() => archive(ids, true)), "bulk-archive")}
      {act(ids.length === 1 ? t("chat.delete") : t("chat.deleteMany", { count: ids.length }), "trash", () => deleteThese(ids), "bulk-delete")}
      {act(t("bulk.none"), "close", chooseNone, "bulk-none")}
    </div>
  );
}
