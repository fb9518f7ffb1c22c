// A line of a difference with its number. What hides in it is a badge; a line end of another system is told where it may be what changed.
import { SIGNS, type DiffLine as Line } from "../../state/hunks.ts";
import { marked } from "../../state/marks.ts";
import { Shown } from "./shown.tsx";

export function DiffLine(props: { line: Line }) {
  const { line } = props;
  const returns = line.text.endsWith("\r") && line.kind !== "same";
  return (
    <div class={`dl ${line.kind}`}>
      <i>{line.now ?? line.old ?? ""}</i>
      <span>
        {SIGNS[line.kind]}
        <Shown text={marked(line.text)} />
        {returns ? <b class="line-end">␍</b> : null}
        {"\n"}
      </span>
    </div>
  );
}
