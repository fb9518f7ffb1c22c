// Where the person writes: grows with the text, keeps drafts, remembers what was sent, says when sending will queue.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { compact, t } from "../../i18n/text.ts";
import { toldLink } from "../../state/app.ts";
import { addFiles } from "../../state/attachments.ts";
import { knownChat } from "../../state/chats.ts";
import { commands } from "../../state/commands.ts";
import { focusAsked, loadDraft, setText, text } from "../../state/compose.ts";
import { stop, textLimit } from "../../state/conversation.ts";
import { matching, writing } from "../../state/plain.ts";
import { queue } from "../../state/proposals.ts";
import { current } from "../../state/route.ts";
import { closed, sendable, sendComposer, standsInTheWay, used, whyNot } from "../../state/sending.ts";
import { temporaryOf } from "../../state/temporary.ts";
import { link } from "../../wire/socket.ts";
import { Icon } from "../icon.tsx";
import { doing } from "../parts.ts";
import { PassingNote } from "../passingnote.tsx";
import { AddFiles } from "./addfiles.tsx";
import { AttachedStrip } from "./attached.tsx";
import { QuoteChip } from "./quotechip.tsx";
import { SlashMenu } from "./slash.tsx";
import { useKeys } from "./keys.ts";
import { VoiceButton } from "./voicebutton.tsx";

export function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  const id = current.value;
  const running = id !== null && knownChat(id)?.run.value != null;
  const slash = useComputed(() => matching(commands.value, text.value, temporaryOf(current.value) !== undefined));
  const at = useSignal(0);
  const keys = useKeys(slash, at);

  useLayoutEffect(() => {
    loadDraft();
    keys.reset();
    whyNot.value = "";
    area.current?.focus();
  }, [id]);
  useLayoutEffect(() => fit(area.current), [text.value, id]);
  useEffect(() => {
    if (focusAsked.value > 0) area.current?.focus();
  }, [focusAsked.value]);

  const onPaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    addFiles(id, files);
  };
  const open = keys.open.value && slash.value.length > 0;
  return (
    <form class="composer" onSubmit={(event) => (event.preventDefault(), sendComposer())}>
      {open ? <SlashMenu rows={slash.value} at={at} pick={keys.pick} /> : null}
      <Waiting />
      <PassingNote />
      <div class="composer-box">
        <QuoteChip />
        <AttachedStrip />
        <div class="composer-line">
          <div class="composer-buttons">
            <AddFiles />
            <VoiceButton />
          </div>
          <textarea
            ref={area}
            id="composer"
            data-test="composer"
            rows={1}
            dir="auto"
            disabled={closed.value}
            aria-label={t("composer.label")}
            aria-describedby="composer-hint"
            aria-controls={open ? "slash-menu" : undefined}
            aria-activedescendant={open ? `slash-${at.value}` : undefined}
            placeholder={t(closed.value ? "temporary.over" : "composer.placeholder")}
            value={text.value}
            onInput={(event) => {
              keys.reset();
              setText(event.currentTarget.value);
            }}
            onPaste={onPaste}
            onKeyDown={keys.onKey}
          />
          <div class="composer-buttons">
            {running && id !== null ? (
              <button type="button" class="button" data-test="stop" disabled={link.value.state !== "open"} title={t("stop.hint")} onClick={() => stop(id)}>
                <Icon name="stop" />
                {t("stop")}
              </button>
            ) : null}
            <button type="submit" class="button primary icon" data-test="send" disabled={!sendable.value} aria-label={t("send")} title={t("send")}>
              <Icon name="send" />
            </button>
          </div>
        </div>
      </div>
      <Under running={running} />
    </form>
  );
}

/** What waits for a person, above what they write. */
function Waiting() {
  if (queue.value.length === 0) return null;
  const part = doing.here.value;
  if (part !== null) return <part.QueueBar />;
  doing.load();
  return null;
}

function Under(props: { running: boolean }) {
  const most = textLimit();
  const why = whyNot.value;
  return (
    <div class="composer-under">
      <span id="composer-hint">{why ? <span class="error-text" role="alert">{why}</span> : hint(props.running)}</span>
      {used.value > most * 0.8 ? <Count used={used.value} most={most} /> : null}
    </div>
  );
}

function hint(running: boolean): string {
  const command = writing(commands.value, text.value);
  if (command !== undefined) return `${command.command} ${command.arg_hint}`;
  if (standsInTheWay.value !== "") return standsInTheWay.value;
  if (toldLink.value.state === "waiting") return t("composer.offline");
  return t(running ? "composer.queueHint" : "composer.hint");
}

function Count(props: { used: number; most: number }) {
  const { used: size, most } = props;
  if (size > most) return <span class="over" role="status">{t("composer.tooLong", { over: size - most })}</span>;
  return <span>{t("composer.count", { used: compact(size), most: compact(most) })}</span>;
}

function fit(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  // An empty field has its least height; reading it would lay out the whole page at its start.
  if (area.value !== "") area.style.height = `${area.scrollHeight}px`;
}
