// Above a marked passage: take it into the composer and ask about it.
import { t } from "../i18n/text.ts";
import { picked } from "../state/picked.ts";
import { setQuote } from "../state/quotes.ts";
import { Icon } from "./icon.tsx";

export function AskAbout() {
  const now = picked.value;
  if (now === null) return null;
  const ask = () => {
    setQuote(now.text);
    picked.value = null;
    window.getSelection()?.removeAllRanges();
  };
  return (
    <button
      type="button"
      class="button small ask-about"
      data-test="ask-about"
      style={{ left: `${Math.max(70, Math.min(now.x, window.innerWidth - 70))}px`, top: `${Math.max(8, now.y - 34)}px` }}
      onPointerDown={(event) => event.preventDefault()}
      onClick={ask}
    >
      <Icon name="quote" />
      {t("quote.ask")}
    </button>
  );
}
