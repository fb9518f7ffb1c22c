// What can be done with a message, on hover and on focus; beside it when it was written and what it cost.
import { fullTime, t, tenths } from "../../i18n/text.ts";
import type { OpenChat } from "../../state/chats.ts";
import { editAndResend, forkAfter, regenerate } from "../../state/forks.ts";
import { setQuote } from "../../state/quotes.ts";
import { pickedIn } from "../../state/picked.ts";
import type { Message } from "../../wire/types.ts";
import { CopyButton } from "../copy.tsx";
import { Icon, type IconName } from "../icon.tsx";

type Props = { message: Message; chat: OpenChat };

function Action(props: { icon: IconName; label: string; test: string; run: () => void }) {
  return (
    <button type="button" class="button quiet small" aria-label={props.label} title={props.label} data-test={props.test} onClick={props.run}>
      <Icon name={props.icon} />
    </button>
  );
}

export function PromptActions(props: Props) {
  const { message, chat } = props;
  return (
    <div class="meta">
      {message.createdAt ? <time>{fullTime(message.createdAt)}</time> : null}
      <CopyButton label="copy.message" text={() => message.content} />
      {chat.temporary ? null : <Action icon="edit" label={t("message.edit")} test="edit-resend" run={() => void editAndResend(chat, message)} />}
    </div>
  );
}

export function AnswerActions(props: Props) {
  const { message, chat } = props;
  if (message.content === "") return null;
  const ask = () => setQuote(pickedIn(message.id) || message.content);
  return (
    <div class="meta">
      <CopyButton label="copy.message" text={() => message.content} />
      <Action icon="quote" label={t("quote.ask")} test="quote-answer" run={ask} />
      {chat.temporary ? null : (
        <>
          <Action icon="again" label={t("message.regenerate")} test="regenerate" run={() => void regenerate(chat, message)} />
          <Action icon="fork" label={t("message.fork")} test="fork-here" run={() => void forkAfter(chat, message)} />
        </>
      )}
      <Cost message={message} />
    </div>
  );
}

function Cost(props: { message: Message }) {
  const { message } = props;
  const took = message.latencyMs === undefined ? null : t("seconds", { n: tenths(message.latencyMs / 1000) });
  const tokens = message.usage?.completion_tokens;
  return (
    <>
      {message.createdAt ? <time>{fullTime(message.createdAt)}</time> : null}
      {took ? <span>· {took}</span> : null}
      {tokens ? <span>· {t(tokens === 1 ? "usage.token" : "usage.tokens", { used: tokens })}</span> : null}
    </>
  );
}
