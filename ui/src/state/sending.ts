// What happens when the composer is sent: the text, what is attached and quoted go together, or come back together.
import { computed, signal } from "@preact/signals";
import type { Pending } from "../reduce/chat.ts";
import { t } from "../i18n/text.ts";
import { addSent, allSent, attached, putBack, takeAttached, type Attachment } from "./attachments.ts";
import { bytes, nextPreset, setText, text } from "./compose.ts";
import { extrasOf, sendText, textLimit } from "./conversation.ts";
import { nextActing } from "./nextacting.ts";
import { quote, setQuote } from "./quotes.ts";
import { current, go } from "./route.ts";
import { nextScope, scopeReason } from "./scope.ts";
import { nameTemporary, temporaryOf } from "./temporary.ts";

/** Why the last try did not come about; shown under the composer. */
export const whyNot = signal("");
export const used = computed(() => bytes(text.value));
/** A temporary chat whose connection is gone takes nothing more. */
export const closed = computed(() => temporaryOf(current.value)?.over === true);
export const sendable = computed(() => !closed.value && (text.value.trim() !== "" || attached.value.length > 0) && allSent.value && used.value <= textLimit());

export function sendComposer(): void {
  if (!sendable.value) return;
  const id = current.value;
  const sent = { text: text.value, files: takeAttached(id), quoted: quote.value };
  setText("");
  setQuote("", false);
  whyNot.value = "";
  if (id !== null && temporaryOf(id) !== undefined) nameTemporary(id, sent.text);
  sendText(id, sent.text, { attached: sent.files, quoted: sent.quoted }, { preset: nextPreset.value, scope: nextScope.value, acting: nextActing.value }).then(
    (made) => {
      if (id !== null) return;
      nextPreset.value = null;
      nextScope.value = null;
      go(made);
    },
    (error: unknown) => {
      if (text.value === "") setText(sent.text);
      putBack(id, sent.files);
      setQuote(sent.quoted);
      whyNot.value = error instanceof Error ? scopeReason(error.message) : String(error);
    },
  );
}

/** The one line under the composer that says what stands in the way. */
export const standsInTheWay = computed(() => {
  if (attached.value.some((one) => one.state === "failed")) return t("attach.broken");
  if (!allSent.value) return t("attach.waits");
  return "";
});

/** A refused prompt is written anew: what was attached and quoted comes back with it. */
export function attachRefused(chatId: string, pending: Pending): void {
  const { media, quoted } = extrasOf(pending.turnId);
  addSent(
    chatId,
    media.map(({ upload_id, name }, at): Attachment => {
      const shown = pending.media?.[at];
      const kind = shown?.kind === "image" || shown?.kind === "video" ? shown.kind : "document";
      const url = shown?.url ?? null;
      return { id: upload_id, name, mime: "", kind, bytes: 0, preview: kind === "document" ? null : url, state: "done", received: 0, why: "", url };
    }),
  );
  if (quoted !== "") setQuote(quoted);
}
