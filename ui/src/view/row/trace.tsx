// What the agent did: a line a tool call and a line a changed file, each opening to its details; words of progress folded under the newest.
import { t } from "../../i18n/text.ts";
import type { OpenChat } from "../../state/chats.ts";
import { grouped } from "../../state/calls.ts";
import type { Message } from "../../wire/types.ts";
import { Icon } from "../icon.tsx";
import { EditLine, ManyLine, ToolLine } from "./toolline.tsx";

export function Trace(props: { message: Message; chat: OpenChat }) {
  const { message, chat } = props;
  const edits = message.fileEdits ?? [];
  const calls = (message.toolEvents ?? []).filter((tool) => !edits.some((edit) => edit.call_id === tool.call_id));
  const lines = message.toolEvents === undefined ? (message.traces ?? []) : [];
  return (
    <>
      <h3 class="visually-hidden">{t("activity")}</h3>
      {lines.length > 1 ? <Progress lines={lines} /> : lines.map((line) => <p key={line}>{line}</p>)}
      <ul>
        {grouped(calls).map((one) =>
          one.kind === "one" ? (
            <ToolLine key={one.tool.call_id} tool={one.tool} message={message} chat={chat} />
          ) : (
            <ManyLine key={one.tools[0]?.call_id} tools={one.tools} message={message} chat={chat} />
          ),
        )}
        {edits.map((edit) => (
          <EditLine key={`${edit.call_id} ${edit.path}`} edit={edit} message={message} chat={chat} />
        ))}
      </ul>
    </>
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
