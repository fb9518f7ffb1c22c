// Where the person writes: grows with the text, keeps drafts, remembers what was sent, says when sending will queue.
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { compact, t } from "../i18n/text.ts";
import { toldLink } from "../state/app.ts";
import { knownChat } from "../state/chats.ts";
import { bytes, focusAsked, loadDraft, nextPreset, setText, text } from "../state/compose.ts";
import { sendText, stop, textLimit } from "../state/conversation.ts";
import { current, go } from "../state/route.ts";
import { link } from "../wire/socket.ts";
import { Icon } from "./icon.tsx";

export function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  const why = useSignal("");
  const back = useRef(0);
  const id = current.value;
  const chat = id === null ? undefined : knownChat(id);
  const running = chat?.run.value != null;

  useLayoutEffect(() => {
    loadDraft();
    back.current = 0;
    why.value = "";
    area.current?.focus();
  }, [id]);
  useLayoutEffect(() => fit(area.current), [text.value, id]);
  useEffect(() => {
    if (focusAsked.value > 0) area.current?.focus();
  }, [focusAsked.value]);

  const used = bytes(text.value);
  const most = textLimit();
  const ready = text.value.trim() !== "" && used <= most;
  const submit = () => {
    if (!ready) return;
    const sent = text.value;
    setText("");
    back.current = 0;
    why.value = "";
    sendText(id, sent, nextPreset.value).then(
      (made) => {
        nextPreset.value = null;
        go(made);
      },
      (error: unknown) => {
        if (text.value === "") setText(sent);
        why.value = error instanceof Error ? error.message : String(error);
      },
    );
  };
  const recall = (step: number) => {
    const prompts = chat?.state.messages.filter((row) => row.role === "user" && !row.content.startsWith("/")) ?? [];
    const next = Math.max(0, Math.min(prompts.length, back.current + step));
    if (next === back.current) return;
    back.current = next;
    setText(next === 0 ? "" : (prompts.at(-next)?.content ?? ""));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const browsing = text.value === "" || back.current > 0;
    if (event.key === "Enter" && !event.shiftKey) submit();
    else if (event.key === "ArrowUp" && browsing) recall(1);
    else if (event.key === "ArrowDown" && back.current > 0) recall(-1);
    else return;
    event.preventDefault();
  };
  return (
    <form class="composer" onSubmit={(event) => (event.preventDefault(), submit())}>
      <div class="composer-box">
        <textarea
          ref={area}
          id="composer"
          data-test="composer"
          rows={1}
          dir="auto"
          aria-label={t("composer.label")}
          aria-describedby="composer-hint"
          placeholder={t("composer.placeholder")}
          value={text.value}
          onInput={(event) => {
            back.current = 0;
            setText(event.currentTarget.value);
          }}
          onKeyDown={onKey}
        />
        <div class="composer-buttons">
          {running && id !== null ? (
            <button type="button" class="button" data-test="stop" disabled={link.value.state !== "open"} title={t("stop.hint")} onClick={() => stop(id)}>
              <Icon name="stop" />
              {t("stop")}
            </button>
          ) : null}
          <button type="submit" class="button primary icon" data-test="send" disabled={!ready} aria-label={t("send")} title={t("send")}>
            <Icon name="send" />
          </button>
        </div>
      </div>
      <div class="composer-under">
        <span id="composer-hint">{why.value ? <span class="error-text" role="alert">{why.value}</span> : hint(running)}</span>
        {used > most * 0.8 ? <Count used={used} most={most} /> : null}
      </div>
    </form>
  );
}

function hint(running: boolean): string {
  if (toldLink.value.state === "waiting") return t("composer.offline");
  return t(running ? "composer.queueHint" : "composer.hint");
}

function Count(props: { used: number; most: number }) {
  const { used, most } = props;
  if (used > most) return <span class="over" role="status">{t("composer.tooLong", { over: used - most })}</span>;
  return <span>{t("composer.count", { used: compact(used), most: compact(most) })}</span>;
}

function fit(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  // An empty field has its least height; reading it would lay out the whole page at its start.
  if (area.value !== "") area.style.height = `${area.scrollHeight}px`;
}
