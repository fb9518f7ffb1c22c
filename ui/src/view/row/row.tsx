// One row of the conversation, by its kind. Reads its own signal: a token draws this row and no other.
import { useCallback } from "preact/hooks";
import { fullTime, t } from "../../i18n/text.ts";
import type { OpenChat } from "../../state/chats.ts";
import { presetLabel } from "../../state/settings.ts";
import type { Message } from "../../wire/types.ts";
import { Prose } from "../prose.tsx";
import { doing } from "../parts.ts";
import type { ScrollWindow } from "../scroll.ts";
import { AnswerActions, PromptActions } from "./actions.tsx";
import { MediaOf } from "./media.tsx";
import { Noticed } from "./notice.tsx";
import { Reasoning } from "./reasoning.tsx";
import { wasSaid } from "./told.ts";
import { Trace } from "./trace.tsx";

type Kind = "trace" | "proposed" | "changed" | "prompt" | "noticed" | "answer";

function kindOf(message: Message): Kind {
  if (message.proposal !== undefined) return "proposed";
  if (message.changes !== undefined) return "changed";
  if (message.kind === "trace") return "trace";
  if (message.role === "user") return "prompt";
  return message.notice ? "noticed" : "answer";
}

export function Row(props: { id: string; chat: OpenChat; latest: boolean; view: ScrollWindow }) {
  const { view, id } = props;
  const place = useCallback((element: HTMLElement | null) => view.row(id, element), [view, id]);
  const message = props.chat.row(props.id)?.value;
  if (message === undefined) return null;
  const kind = kindOf(message);
  const thought = kind === "answer" && message.content === "" && message.isStreaming !== true && message.media === undefined;
  const names = ["row", kind, thought ? "thought" : "", props.latest ? "latest" : ""].filter(Boolean).join(" ");
  return (
    <article class={names} ref={place} data-id={props.id} data-test={kind === "noticed" ? undefined : kind} title={message.createdAt ? fullTime(message.createdAt) : undefined}>
      {message.forkBoundary ? <ForkMark /> : null}
      <Content kind={kind} message={message} chat={props.chat} />
    </article>
  );
}

function Content(props: { kind: Kind; message: Message; chat: OpenChat }) {
  const { message, chat } = props;
  switch (props.kind) {
    case "trace":
      return <Trace message={message} chat={chat} />;
    case "proposed":
    case "changed":
      return <Doing kind={props.kind} message={message} chat={chat} />;
    case "prompt":
      return <Prompt message={message} chat={chat} />;
    case "noticed":
      return <Noticed message={message} chat={chat} />;
    case "answer":
      return <Answer message={message} chat={chat} />;
  }
}

/** What waits or waited for a person, and what a turn changed; a line until that part of the page is here. */
function Doing(props: { kind: "proposed" | "changed"; message: Message; chat: OpenChat }) {
  const part = doing.here.value;
  if (part === null) {
    doing.load();
    return <p>{props.message.content}</p>;
  }
  return props.kind === "proposed" ? <part.ProposalRow message={props.message} /> : <part.ChangesRow message={props.message} chat={props.chat} />;
}

/** Everything above it was copied from another chat. */
export function ForkMark() {
  return (
    <div class="fork-mark" role="separator" data-test="fork-mark">
      <span>{t("fork.mark")}</span>
    </div>
  );
}

function Prompt(props: { message: Message; chat: OpenChat }) {
  const { message } = props;
  return (
    <>
      <h2 class="visually-hidden">{t("you")}</h2>
      <MediaOf message={message} />
      {message.content === "" ? null : (
        <div class="text" dir="auto">
          {message.content}
        </div>
      )}
      {message.queued ? <div class="under">{t("queued")}</div> : <PromptActions message={message} chat={props.chat} />}
    </>
  );
}

function Answer(props: { message: Message; chat: OpenChat }) {
  const { message, chat } = props;
  const name = presetLabel(chat.facts.value.preset);
  return (
    <>
      <h3 class="visually-hidden">{name ? t("assistant.from", { name }) : t("assistant")}</h3>
      {message.source === undefined ? null : <span class="tag source">{message.source.label || t("source.automation")}</span>}
      {!message.reasoning ? null : wasSaid(message) ? <Prose text={message.reasoning} streaming={false} /> : <Reasoning message={message} />}
      {message.content ? <Prose text={message.content} streaming={message.isStreaming === true} /> : null}
      <MediaOf message={message} />
      {message.isStreaming ? null : <AnswerActions message={message} chat={chat} />}
    </>
  );
}
