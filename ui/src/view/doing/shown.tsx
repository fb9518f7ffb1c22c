// A text as it must be read before saying yes: nothing is cut, and what hides in it is a badge.
import { td } from "../../i18n/doing.ts";
import { parts } from "../../state/marks.ts";

/** Shows the gateway's own marks; texts without any are marked by `marked` before. */
export function Shown(props: { text: string }) {
  return (
    <>
      {parts(props.text).map((part, at) =>
        part.kind === "text" ? (
          part.text
        ) : (
          <mark key={at} class="hidden-mark" role="img" aria-label={td("mark.label", { name: part.text })} title={td("mark.label", { name: part.text })}>
            {part.text}
          </mark>
        ),
      )}
    </>
  );
}
