// A text as it must be read before saying yes: nothing is cut, and what hides in it is a badge.
import { t } from "../../i18n/text.ts";
import { parts } from "../../state/marks.ts";

/** Shows the gateway's own marks; texts without any are marked by `marked` before. */
export function Shown(props: { text: string }) {
  return (
    <>
      {parts(props.text).map((part, at) =>
        part.kind === "text" ? (
          part.text
        ) : (
          <mark key={at} class="hidden-mark" role="img" aria-label={t("mark.hidden", { name: part.text })} title={t("mark.hidden", { name: part.text })}>
            {part.text}
          </mark>
        ),
      )}
    </>
  );
}
