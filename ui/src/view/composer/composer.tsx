// Where the person writes: grows with the text, keeps drafts, remembers what was sent, says when sending will queue.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import { addFiles } from "../../state/attachments.ts";
import { knownChat } from "../../state/chats.ts";
import { focusAsked, loadDraft, text } from "../../state/compose.ts";
import { stop } from "../../state/conversation.ts";
import { moveCaret, typed } from "../../state/mentions.ts";
import { queue } from "../../state/proposals.ts";
import { current } from "../../state/route.ts";
import { closed, sendable, sendComposer, whyNot } from "../../state/sending.ts";
import { link } from "../../wire/socket.ts";
import { Icon } from "../icon.tsx";
import { doing } from "../parts.ts";
import { PassingNote } from "../passingnote.tsx";
import { AddFiles } from "./addfiles.tsx";
import { AttachedStrip } from "./attached.tsx";
import { QuoteChip } from "./quotechip.tsx";
import { useKeys } from "./keys.ts";
import { MentionMenu } from "./mentionmenu.tsx";
import { points, useOffer } from "./offering.ts";
import { pickCommand, SlashMenu } from "./slash.tsx";
import { Under } from "./under.tsx";
import { VoiceButton } from "./voicebutton.tsx";

export function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  const id = current.value;
  const running = id !== null && knownChat(id)?.run.value != null;
  const { offer, slash, at, takeHere, reset } = useOffer(area);
  const keys = useKeys(offer, at);

  useLayoutEffect(() => {
    loadDraft();
    moveCaret(null);
    keys.reset();
    reset();
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
  const open = offer.value;
  return (
    <form class="composer" onSubmit={(event) => (event.preventDefault(), sendComposer())}>
      {open?.name === "slash" ? <SlashMenu rows={slash.value} at={at} take={(row) => pickCommand(row, "run")} /> : null}
      {open?.name === "mention" ? <MentionMenu at={at} take={takeHere} /> : null}
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
            {...points(open, at.value)}
            placeholder={t(closed.value ? "temporary.over" : "composer.placeholder")}
            value={text.value}
            onInput={(event) => {
              keys.reset();
              reset();
              typed(event.currentTarget.value, event.currentTarget.selectionEnd);
            }}
            onClick={(event) => moveCaret(event.currentTarget.selectionEnd)}
            onKeyUp={(event) => MOVES.has(event.key) && moveCaret(event.currentTarget.selectionEnd)}
            onBlur={() => moveCaret(null)}
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

/** Keys that put the caret elsewhere. */
const MOVES: ReadonlySet<string> = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

/** What waits for a person, above what they write. */
function Waiting() {
  if (queue.value.length === 0) return null;
  const part = doing.here.value;
  if (part !== null) return <part.QueueBar />;
  doing.load();
  return null;
}

function fit(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  // An empty field has its least height; reading it would lay out the whole page at its start.
  if (area.value !== "") area.style.height = `${area.scrollHeight}px`;
}
