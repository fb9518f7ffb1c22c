// What stands where content will be: while a chat is read, and before the first chat.
import { activePreset, isDemo, presetLabel } from "../state/settings.ts";
import { t, type Key } from "../i18n/text.ts";
import { fillComposer } from "../state/compose.ts";
import { Mark } from "./mark.tsx";

export function ThreadSkeleton() {
  return (
    <div class="transcript">
      <div class="boot-lines" role="status" aria-label={t("thread.loading")}>
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}

const IDEAS: Key[] = ["first.idea1", "first.idea2", "first.idea3"];
/** The demo has a walk through an edit, a command, their approvals and the undo. */
const DEMO_IDEAS: Key[] = ["first.tour", "first.idea1", "first.idea3"];

export function StartPage(props: { first: boolean }) {
  const demo = isDemo(activePreset.value);
  const name = demo ? `${t("model.demo")} (${t("model.demoShort")})` : presetLabel(activePreset.value);
  return (
    <div class="transcript">
      <div class="start">
        <Mark size={40} />
        {props.first ? <p class="small faint">{t("first.step", { n: 2 })}</p> : null}
        <h2>{t(props.first ? "first.say" : "start.title")}</h2>
        <p class="soft">{props.first && name ? t("first.sayText", { name }) : t("start.text")}</p>
        <div class="ideas">
          {(demo ? DEMO_IDEAS : IDEAS).map((key) => (
            <button key={key} type="button" class="button" onClick={() => fillComposer(t(key))}>
              {t(key)}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}
