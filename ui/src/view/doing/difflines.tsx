// A difference, whole, with the numbers of its lines.
import { td } from "../../i18n/doing.ts";
import { hunksOf } from "../../state/hunks.ts";
import { t } from "../../i18n/text.ts";
import { DiffLine } from "../row/diffline.tsx";

export function DiffLines(props: { path: string; diff: { text: string; truncated?: boolean } }) {
  const hunks = hunksOf(props.diff.text);
  if (hunks.length === 0) return <p class="small faint">{t("edit.noDiff")}</p>;
  return (
    <>
      <div class="diff-lines whole-diff" dir="ltr" role="group" tabIndex={0} aria-label={td("diff.label", { path: props.path })} data-test="diff" data-part="diff">
        {hunks.map((hunk, at) => (
          <div key={at} class="diff-hunk">
            {at > 0 ? <div class="dl gap">⋯</div> : null}
            {hunk.lines.map((line, n) => (
              <DiffLine key={n} line={line} />
            ))}
          </div>
        ))}
      </div>
      {props.diff.truncated ? <p class="small error-text">{td("diff.truncated")}</p> : null}
    </>
  );
}
