// A prompt the gateway has not taken yet, or has refused: its text and what went with it stay, with what can be done.
import { t, type Key } from "../../i18n/text.ts";
import type { OpenChat } from "../../state/chats.ts";
import { limits } from "../../state/attachments.ts";
import { editAgain } from "../../state/compose.ts";
import { discard, resend } from "../../state/conversation.ts";
import { attachRefused } from "../../state/sending.ts";
import { link } from "../../wire/socket.ts";
import type { Pending } from "../../reduce/chat.ts";
import { MediaList } from "./media.tsx";
import { fileSize } from "../../state/plain.ts";

const KNOWN: Record<string, Key> = {
  queue_full: "notSent.queue_full",
  text_too_large: "notSent.text_too_large",
  "unknown upload": "attach.no.gone",
  mime: "attach.no.mime",
  malformed: "attach.no.malformed",
  decode: "attach.no.gone",
  size: "attach.no.size",
  total_size: "attach.no.total",
  too_many_images: "attach.no.images",
  too_many_videos: "attach.no.videos",
  too_many_attachments: "attach.no.count",
  temporary_chat_unavailable: "temporary.over",
  temporary_chat_command_rejected: "temporary.command",
};

function reason(why: string): string {
  const key = KNOWN[why];
  const { count, fileBytes, totalBytes } = limits.value;
  return key === undefined ? t("notSent.other", { why }) : t(key, { count, size: fileSize(fileBytes), total: fileSize(totalBytes) });
}

export function PendingRow(props: { chat: OpenChat; pending: Pending }) {
  const { chat, pending } = props;
  if (pending.text.startsWith("/") && pending.failed === undefined) return null;
  const edit = () => {
    attachRefused(chat.id, pending);
    editAgain(chat.id, pending.text);
    discard(chat, pending.turnId);
  };
  return (
    <article class="row prompt waiting" data-test="pending">
      <h2 class="visually-hidden">{t("you")}</h2>
      {pending.media === undefined ? null : <MediaList items={pending.media} />}
      {pending.text === "" ? null : (
        <div class="text" dir="auto">
          {pending.text}
        </div>
      )}
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
