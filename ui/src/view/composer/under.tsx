// The line under the composer: why the last try did not come about, what a key does now, how much room is left.
import { compact, t } from "../../i18n/text.ts";
import { toldLink } from "../../state/app.ts";
import { commands } from "../../state/commands.ts";
import { text } from "../../state/compose.ts";
import { textLimit } from "../../state/conversation.ts";
import { writing } from "../../state/plain.ts";
import { standsInTheWay, used, whyNot } from "../../state/sending.ts";

export function Under(props: { running: boolean }) {
  const most = textLimit();
  const why = whyNot.value;
  return (
    <div class="composer-under">
      <span id="composer-hint">{why ? <span class="error-text" role="alert">{why}</span> : hint(props.running)}</span>
      {used.value > most * 0.8 ? <Count used={used.value} most={most} /> : null}
    </div>
  );
}

function hint(running: boolean): string {
  const command = writing(commands.value, text.value);
  if (command !== undefined) return `${command.command} ${command.arg_hint}`;
  if (standsInTheWay.value !== "") return standsInTheWay.value;
  if (toldLink.value.state === "waiting") return t("composer.offline");
  if (running) return t(text.value === "" ? "composer.stopHint" : "composer.queueHint");
  return t("composer.hint");
}

function Count(props: { used: number; most: number }) {
  const { used: size, most } = props;
  if (size > most) return <span class="over" role="status">{t("composer.tooLong", { over: size - most })}</span>;
  return <span>{t("composer.count", { used: compact(size), most: compact(most) })}</span>;
}
