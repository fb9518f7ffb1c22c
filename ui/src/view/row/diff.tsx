// A unified diff, line by line: what came, what went, where.
import { t } from "../../i18n/text.ts";

export function Diff(props: { text: string; truncated: boolean }) {
  const kind = (line: string) => (/^(\+\+\+|---)/.test(line) ? "head" : line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : line.startsWith("@@") ? "head" : "same");
  return (
    <>
      <pre class="diff" tabIndex={0}>
        {props.text.replace(/\n$/, "").split("\n").map((line, at) => (
          <span key={at} class={kind(line)}>
            {line}
            {"\n"}
          </span>
        ))}
      </pre>
      {props.truncated ? <span class="part">{t("edit.truncated")}</span> : null}
    </>
  );
}
