// Speak instead of writing; only where the settings offer it and there is a microphone to ask for.
import { duration, t } from "../../i18n/text.ts";
import { second } from "../../state/clock.ts";
import { closed } from "../../state/sending.ts";
import { endRecording, record, voice, voiceOffered, voiceSeconds } from "../../state/voice.ts";
import { Icon } from "../icon.tsx";

export function VoiceButton() {
  if (!voiceOffered.value) return null;
  const now = voice.value;
  if (now.state === "recording") return <Recording since={now.since} />;
  const busy = now.state !== "off";
  return (
    <>
      <button type="button" class="icon-button" aria-label={t("voice.start")} title={t("voice.start")} disabled={busy || closed.value} data-test="voice" onClick={() => void record()}>
        <Icon name="mic" />
      </button>
      {busy ? <span class="voice-state" role="status">{t(now.state === "asking" ? "voice.asking" : "voice.writing")}</span> : null}
    </>
  );
}

function Recording(props: { since: number }) {
  return (
    <>
      <button type="button" class="icon-button recording" aria-label={t("voice.stop")} title={t("voice.stop")} data-test="voice-stop" onClick={() => endRecording("keep")}>
        <Icon name="check" />
      </button>
      <button type="button" class="icon-button" aria-label={t("voice.drop")} title={t("voice.drop")} onClick={() => endRecording("drop")}>
        <Icon name="close" />
      </button>
      <span class="voice-state">{t("voice.recording", { time: duration(second.value - props.since), most: duration(voiceSeconds.value * 1000) })}</span>
    </>
  );
}
