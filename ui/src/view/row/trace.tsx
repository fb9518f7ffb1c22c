// What the agent did: a line a tool call and a line a changed file, each opening to its details; words of progress folded under the newest.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { t } from "../../i18n/text.ts";
import type { FileEdit, Message, ToolEvent } from "../../wire/types.ts";
import { Icon } from "../icon.tsx";
import { Diff } from "./diff.tsx";
import { readable, toolWords } from "./toolwords.ts";

export function Trace(props: { message: Message }) {
  const { message } = props;
  const edits = message.fileEdits ?? [];
  const calls = (message.toolEvents ?? []).filter((tool) => !edits.some((edit) => edit.call_id === tool.call_id));
  const lines = message.toolEvents === undefined ? (message.traces ?? []) : [];
  return (
    <>
      <h3 class="visually-hidden">{t("activity")}</h3>
      {lines.length > 1 ? <Progress lines={lines} /> : lines.map((line) => <p key={line}>{line}</p>)}
      <ul>
        {calls.map((tool) => (
          <ToolLine key={tool.call_id} tool={tool} />
        ))}
        {edits.map((edit) => (
          <EditLine key={`${edit.call_id} ${edit.path}`} edit={edit} />
        ))}
      </ul>
    </>
  );
}

type Outcome = "running" | "done" | "failed";

/** One line; its details are made when it is opened. */
function Line(props: { outcome: Outcome; words: ComponentChildren; label: string; test: string; children: () => ComponentChildren }) {
  const open = useSignal(false);
  return (
    <li>
      <details class={`act ${props.outcome}`} data-test={props.test} onToggle={(event) => (open.value = event.currentTarget.open)}>
        <summary title={props.label}>
          <span class="outcome" role="img" aria-label={t(`tool.${props.outcome}`)}>
            {props.outcome === "running" ? <i /> : <Icon name={props.outcome === "done" ? "check" : "close"} />}
          </span>
          <span class="line">{props.words}</span>
          <Icon name="chevron" />
        </summary>
        {open.value ? <div class="act-body">{props.children()}</div> : null}
      </details>
    </li>
  );
}

const OUTCOMES: Record<ToolEvent["phase"], Outcome> = { start: "running", end: "done", error: "failed" };

function ToolLine(props: { tool: ToolEvent }) {
  const { tool } = props;
  const words = toolWords(tool);
  return (
    <Line outcome={OUTCOMES[tool.phase]} words={words} label={words} test="tool">
      {() => (
        <>
          <Part name={t("tool.arguments")} text={readable(tool.arguments)} />
          <Part name={t("tool.result")} text={readable(tool.result)} />
          <Part name={t("tool.error")} text={readable(tool.error)} />
        </>
      )}
    </Line>
  );
}

function Part(props: { name: string; text: string }) {
  if (props.text === "") return null;
  return (
    <>
      <span class="part">{props.name}</span>
      <pre tabIndex={0}>{props.text}</pre>
    </>
  );
}

function EditLine(props: { edit: FileEdit }) {
  const { edit } = props;
  const outcome: Outcome = edit.status === "error" || edit.phase === "error" ? "failed" : edit.phase === "start" ? "running" : "done";
  const words = (
    <>
      {edit.operation === "delete" ? t("edit.deleted", { path: edit.path }) : edit.path || t("edit.some")}
      {edit.binary ? null : (
        <>
          {" "}
          <span class="add">+{edit.added}</span> <span class="del">−{edit.deleted}</span>
        </>
      )}
    </>
  );
  return (
    <Line outcome={outcome} words={words} label={edit.path} test="file-edit">
      {() => (
        <>
          <Part name={t("tool.error")} text={edit.error ?? ""} />
          {edit.diff === undefined ? (edit.error ? null : <span class="part">{t("edit.noDiff")}</span>) : <Diff text={edit.diff.text} truncated={edit.diff.truncated === true} />}
        </>
      )}
    </Line>
  );
}

/** Several words of progress: the newest, with the earlier ones folded under it. */
function Progress(props: { lines: readonly string[] }) {
  return (
    <details class="reasoning">
      <summary>
        <Icon name="chevron" />
        <span>{props.lines.at(-1)}</span>
      </summary>
      <ul class="reasoning-text">
        {runs(props.lines.slice(0, -1)).map(({ line, times }, at) => (
          <li key={at}>
            {line}
            {times > 1 ? ` (${times}×)` : ""}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The same line several times in a row is shown once, with how often. */
function runs(lines: readonly string[]): { line: string; times: number }[] {
  const out: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = out.at(-1);
    if (last?.line === line) last.times += 1;
    else out.push({ line, times: 1 });
  }
  return out;
}
