// What the model thought, folded under one line with a clock that runs while it thinks.
import { duration, t } from "../../i18n/text.ts";
import { second } from "../../state/clock.ts";
import type { Message } from "../../wire/types.ts";
import { Icon } from "../icon.tsx";
import { useUnfold } from "./unfold.ts";

export function Reasoning(props: { message: Message }) {
  const { message } = props;
  const { open, onToggle } = useUnfold(`thought ${message.id}`);
  return (
    <details class="reasoning" open={open.value} onToggle={onToggle}>
      <summary>
        <Icon name="chevron" />
        {message.reasoningStreaming ? <Running since={message.createdAt} /> : <Over ms={message.reasoningMs} />}
      </summary>
      {open.value ? (
        <div class="reasoning-text" dir="auto">
          {message.reasoning}
        </div>
      ) : null}
    </details>
  );
}

function Running(props: { since: number | undefined }) {
  return <span>{t("thinking", { time: duration(props.since === undefined ? 0 : second.value - props.since) })}</span>;
}

function Over(props: { ms: number | undefined }) {
  return <span>{props.ms === undefined ? t("thought.some") : t("thought", { time: duration(Math.max(1_000, props.ms)) })}</span>;
}
