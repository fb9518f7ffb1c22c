// A difference, whole, with the numbers of its lines.
import { td } from "../../i18n/doing.ts";
import { hunksOf, type DiffLine as Line } from "../../state/hunks.ts";
import { t } from "../../i18n/text.ts";
import { memo } from "../../markdown/memo.ts";
import { DiffLine } from "../row/diffline.tsx";

/** Lines that are laid out together; those far from sight are not, until they are scrolled to or found. */
const STRETCH = 200;
/** What a line is high where it is not wrapped. */
const LINE_PX = 18;

type Props = { path: string; diff: { text: string; truncated?: boolean } };

function Whole(props: Props) {
  const hunks = hunksOf(props.diff.text);
  if (hunks.length === 0) return <p class="small faint">{t("edit.noDiff")}</p>;
  return (
    <>
      <div class="diff-lines whole-diff" dir="ltr" role="group" tabIndex={0} aria-label={td("diff.label", { path: props.path })} data-test="diff" data-part="diff">
        {hunks.map((hunk, at) => (
          <div key={at} class="diff-hunk">
            {at > 0 ? <div class="dl gap">⋯</div> : null}
            {stretchesOf(hunk.lines).map((lines, n) => (
              <div key={n} class="diff-stretch" style={{ containIntrinsicHeight: `auto ${lines.length * LINE_PX}px` }}>
                {lines.map((line, m) => (
                  <DiffLine key={m} line={line} />
                ))}
              </div>
            ))}
          </div>
        ))}
      </div>
      {props.diff.truncated ? <p class="small error-text">{td("diff.truncated")}</p> : null}
    </>
  );
}

const same = (a: Props, b: Props) => a.path === b.path && a.diff.text === b.diff.text && a.diff.truncated === b.diff.truncated;
/** Drawn again only when the difference is another one: it may be long, and what is around it changes often. */
export const DiffLines = memo(Whole, same);

function stretchesOf(lines: readonly Line[]): (readonly Line[])[] {
  return Array.from({ length: Math.ceil(lines.length / STRETCH) }, (_, n) => lines.slice(n * STRETCH, (n + 1) * STRETCH));
}
