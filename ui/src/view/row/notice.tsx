// A text that is not the model's: an error, a stop, an interruption, the answer to a command.
import { t } from "../../i18n/text.ts";
import type { OpenChat } from "../../state/chats.ts";
import { retry } from "../../state/conversation.ts";
import type { Message } from "../../wire/types.ts";
import { Prose } from "../prose.tsx";
import { afterLabel } from "./told.ts";

export function Noticed(props: { message: Message; chat: OpenChat }) {
  const { message, chat } = props;
  const notice = message.notice;
  if (notice === undefined) return null;
  return (
    <div class={`notice ${notice.kind}`} data-test="notice">
      <h3 class="visually-hidden">{t("assistant")}</h3>
      <div class="words">
        {notice.kind === "command" ? null : <b>{t(`notice.${notice.kind}`)}</b>}
        {notice.kind === "command" ? <Prose text={message.content} streaming={false} /> : null}
        {notice.kind === "error" || notice.kind === "interrupted" ? afterLabel(message.content) : null}
      </div>
      {notice.retry ? (
        <button type="button" class="button" data-test="retry" onClick={() => retry(chat, message.turnId)}>
          {t("retry")}
        </button>
      ) : null}
    </div>
  );
}
