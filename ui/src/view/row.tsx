// One row of the conversation, by its kind. Reads its own signal: a token draws this row and no other.
import { useCallback } from "preact/hooks";
import { fullTime, t } from "../i18n/text.ts";
import type { OpenChat } from "../state/chats.ts";
import { retry } from "../state/conversation.ts";
import { presetLabel } from "../state/settings.ts";
import type { Message } from "../wire/types.ts";
import type { ScrollWindow } from "./scroll.ts";
import { Icon } from "./icon.tsx";
import { CopyButton } from "./copy.tsx";
import { Prose } from "./prose.tsx";
import { Reasoning } from "./reasoning.tsx";

export function Row(props: { id: string; chat: OpenChat; latest: boolean; view: ScrollWindow }) {
  const { view, id } = props;
  const place = useCallback((element: HTMLElement | null) => view.row(id, element), [view, id]);
  const message = props.chat.row(props.id)?.value;
  if (message === undefined) return null;
  const kind = message.kind === "trace" ? "trace" : message.role === "user" ? "prompt" : message.notice ? "noticed" : "answer";
  const names = ["row", kind, props.latest ? "latest" : ""].filter(Boolean).join(" ");
  return (
    <article class={names} ref={place} data-id={props.id} data-test={kind === "noticed" ? undefined : kind} title={message.createdAt ? fullTime(message.createdAt) : undefined}>
      <Content message={message} chat={props.chat} />
    </article>
  );
}

function Content(props: { message: Message; chat: OpenChat }) {
  const { message, chat } = props;
  if (message.kind === "trace") return <Trace message={message} />;
  if (message.role === "user") return <Prompt message={message} />;
  if (message.notice) return <Noticed message={message} chat={chat} />;
  return <Answer message={message} chat={chat} />;
}

function Prompt(props: { message: Message }) {
  const { message } = props;
  return (
    <>
      <h2 class="visually-hidden">{t("you")}</h2>
      <div class="text" dir="auto">
        {message.content}
      </div>
      {message.queued ? <div class="under">{t("queued")}</div> : null}
    </>
  );
}

function Answer(props: { message: Message; chat: OpenChat }) {
  const { message, chat } = props;
  const facts = chat.facts.value;
  const name = presetLabel(facts.preset);
  return (
    <>
      <h3 class="visually-hidden">{name ? t("assistant.from", { name }) : t("assistant")}</h3>
      {message.reasoning ? <Reasoning message={message} /> : null}
      {message.content ? <Prose text={message.content} streaming={message.isStreaming === true} /> : null}
      {message.isStreaming ? null : <Meta message={message} />}
    </>
  );
}

function Meta(props: { message: Message }) {
  const { message } = props;
  if (message.content === "") return null;
  const took = message.latencyMs === undefined ? null : `${(message.latencyMs / 1000).toFixed(1)} s`;
  const tokens = message.usage?.completion_tokens;
  return (
    <div class="meta">
      <CopyButton label="copy.message" text={() => message.content} />
      {message.createdAt ? <time>{fullTime(message.createdAt)}</time> : null}
      {took ? <span>· {took}</span> : null}
      {tokens ? <span>· {t("usage.tokens", { used: tokens })}</span> : null}
    </div>
  );
}

function Noticed(props: { message: Message; chat: OpenChat }) {
  const { message, chat } = props;
  const notice = message.notice;
  if (notice === undefined) return null;
  return (
    <div class={`notice ${notice.kind}`} data-test="notice">
      <h3 class="visually-hidden">{t("assistant")}</h3>
      <div class="words">
        {notice.kind === "command" ? null : <b>{t(`notice.${notice.kind}`)}</b>}
        {notice.kind === "command" ? <Prose text={message.content} streaming={false} /> : null}
        {notice.kind === "error" || notice.kind === "interrupted" ? afterLabel(message.content, t(`notice.${notice.kind}`)) : null}
      </div>
      {notice.retry ? (
        <button type="button" class="button" data-test="retry" onClick={() => retry(chat, message.turnId)}>
          {t("retry")}
        </button>
      ) : null}
    </div>
  );
}

/** The label stands before the text already; a text that begins with it does not say it again. */
function afterLabel(text: string, label: string): string {
  const said = [label, "Error", "Interrupted"].find((word) => text.startsWith(`${word}: `));
  if (said === undefined) return text;
  const rest = text.slice(said.length + 2);
  return rest.charAt(0).toLocaleUpperCase() + rest.slice(1);
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

function Trace(props: { message: Message }) {
  const { message } = props;
  const lines = message.traces ?? [];
  if (message.toolEvents === undefined && message.fileEdits === undefined && lines.length > 1) return <Progress lines={lines} />;
  return (
    <>
      <h3 class="visually-hidden">{t("activity")}</h3>
      <ul>
        {runs(lines).map(({ line, times }, at) => (
          <li key={at} class={message.toolEvents === undefined ? undefined : "call"} title={line}>
            {line}
            {times > 1 ? ` (${times}×)` : ""}
          </li>
        ))}
        {message.fileEdits?.map((edit) => (
          <li key={`${edit.call_id}${edit.path}`} class="call">
            {edit.path} <span class="add">+{edit.added}</span> <span class="del">−{edit.deleted}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
