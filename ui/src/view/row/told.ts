// How a message is told where its text alone does not say it, as data.
import { t } from "../../i18n/text.ts";
import type { MediaItem, Message } from "../../wire/types.ts";

/** What was said before a call was folded into a thought; when nothing was thought, it is told as it was said. */
export const wasSaid = (message: Message): boolean => message.id.startsWith("buf-") && message.content === "" && message.isStreaming !== true;

/** An error's label stands before its text already; a text that begins with it does not say it again. */
export function afterLabel(text: string): string {
  const said = [t("notice.error"), t("notice.interrupted"), "Error", "Interrupted"].find((word) => text.startsWith(`${word}: `));
  if (said === undefined) return text;
  const rest = text.slice(said.length + 2);
  return rest.charAt(0).toLocaleUpperCase() + rest.slice(1);
}

/** What the message carries, whichever way it was told. */
export function mediaOf(message: Pick<Message, "media" | "images">): MediaItem[] {
  return message.media ?? (message.images ?? []).map((image) => ({ ...image, kind: "image" }));
}
