// A prompt the gateway has not taken yet, or has refused: its text stays, with what can be done.
import { t, type Key } from "../i18n/text.ts";
import type { OpenChat } from "../state/chats.ts";
import { editAgain } from "../state/compose.ts";
import { discard, resend } from "../state/conversation.ts";
import { link } from "../wire/socket.ts";
import type { Pending } from "../reduce/chat.ts";

function reason(why: string): string {
  if (why === "queue_full" || why === "text_too_large") return t(`notSent.${why}` as Key);
  return t("notSent.other", { why });
}

export function PendingRow(props: { chat: OpenChat; pending: Pending }) {
  const { chat, pending } = props;
  if (pending.text.startsWith("/") && pending.failed === undefined) return null;
  const edit = () => {
    editAgain(chat.id, pending.text);
    discard(chat, pending.turnId);
  };
  return (
    <article class="row prompt waiting" data-test="pending">
      <h2 class="visually-hidden">{t("you")}</h2>
      <div class="text" dir="auto">
        {pending.text}
      </div>
      {pending.failed === undefined ? (
        <div class="under">{t(link.value.state === "open" ? "sending" : "sending.waits")}</div>
      ) : (
        <div class="under" role="alert">
          <span class="error-text">
            {t("notSent")}. {reason(pending.failed)}
          </span>
          <button type="button" class="button small" onClick={() => resend(chat, pending.turnId)}>
            {t("notSent.again")}
          </button>
          <button type="button" class="button small" onClick={edit}>
            {t("notSent.edit")}
          </button>
          <button type="button" class="button small quiet" onClick={() => discard(chat, pending.turnId)}>
            {t("notSent.discard")}
          </button>
        </div>
      )}
    </article>
  );
}
