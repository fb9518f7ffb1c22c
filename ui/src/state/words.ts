// What to say about a failed request: the server's own words, or that none came.
import { t } from "../i18n/text.ts";

export function words(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === "" ? t("request.timeout") : message;
}
