// The passage the message will ask about.
import { t } from "../../i18n/text.ts";
import { quote, setQuote } from "../../state/quotes.ts";
import { Icon } from "../icon.tsx";

export function QuoteChip() {
  if (quote.value === "") return null;
  return (
    <div class="quote-chip" data-test="quote">
      <Icon name="quote" />
      <span dir="auto" title={quote.value}>
        <span class="visually-hidden">{t("quote.about")} </span>
        {quote.value}
      </span>
      <button type="button" class="icon-button" aria-label={t("quote.remove")} title={t("quote.remove")} onClick={() => setQuote("")}>
        <Icon name="close" />
      </button>
    </div>
  );
}
