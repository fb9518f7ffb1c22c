// Speaking instead of writing: records, asks the gateway to write it down, hands the text over. Nothing is recorded before the button is pressed.
import { computed, signal } from "@preact/signals";
import { newId } from "../wire/id.ts";
import { send } from "../wire/socket.ts";
import type { Transcript } from "../wire/types.ts";
import { t, type Key } from "../i18n/text.ts";
import { later } from "./clock.ts";
import { fillComposer, text } from "./compose.ts";
import { settings } from "./settings.ts";
import { toast } from "./toast.ts";

type Settings = { enabled?: boolean; provider_configured?: boolean; max_duration_sec?: number; max_upload_mb?: number };
const told = computed(() => (settings.value as { transcription?: Settings } | null)?.transcription);
const canRecord = typeof navigator !== "undefined" && navigator.mediaDevices?.getUserMedia !== undefined && typeof MediaRecorder !== "undefined";
export const voiceOffered = computed(() => canRecord && told.value?.enabled === true && told.value.provider_configured !== false);
export const voiceSeconds = computed(() => told.value?.max_duration_sec ?? 120);

export type Voice = { state: "off" } | { state: "asking" } | { state: "recording"; since: number } | { state: "writing" };
export const voice = signal<Voice>({ state: "off" });

/** Shorter ones are a slip of the finger. */
const LEAST_MS = 650;
const ANSWER_MS = 120_000;
let recorder: MediaRecorder | null = null;
let waiting: { id: string; cancel: () => void } | null = null;

export async function record(): Promise<void> {
  if (voice.value.state !== "off") return;
  voice.value = { state: "asking" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    begin(stream);
  } catch {
    voice.value = { state: "off" };
    say("voice.no.microphone");
  }
}

function begin(stream: MediaStream): void {
  const since = Date.now();
  const pieces: Blob[] = [];
  const made = new MediaRecorder(stream);
  const calledOff = later(voiceSeconds.value * 1000, () => made.state === "recording" && made.stop());
  made.ondataavailable = (event) => pieces.push(event.data);
  made.onstop = () => {
    calledOff();
    for (const track of stream.getTracks()) track.stop();
    recorder = null;
    const took = Date.now() - since;
    if (dropped || took < LEAST_MS) voice.value = { state: "off" };
    else void writeDown(new Blob(pieces, { type: made.mimeType }), took);
  };
  dropped = false;
  recorder = made;
  made.start();
  voice.value = { state: "recording", since };
}

let dropped = false;

/** Ends the recording; `keep` false throws it away. */
export function endRecording(keep: "keep" | "drop"): void {
  dropped = keep === "drop";
  recorder?.stop();
}

async function writeDown(audio: Blob, took: number): Promise<void> {
  const most = (told.value?.max_upload_mb ?? 25) * 1024 * 1024;
  if (audio.size > most) return fail("size");
  voice.value = { state: "writing" };
  const id = newId();
  const data_url = await dataUrl(audio);
  waiting = { id, cancel: later(ANSWER_MS, () => fail("late")) };
  if (!send({ type: "transcribe_audio", request_id: id, data_url, duration_ms: took })) fail("offline");
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error ?? new Error("read"));
    reader.readAsDataURL(blob);
  });
}

function over(): void {
  waiting?.cancel();
  waiting = null;
  voice.value = { state: "off" };
}

const KNOWN: Record<string, Key> = {
  disabled: "voice.no.disabled",
  not_configured: "voice.no.configured",
  duration: "voice.no.duration",
  size: "voice.no.size",
  empty: "voice.no.empty",
  offline: "send.offline",
  late: "request.timeout",
};

function fail(detail: string): void {
  over();
  say(KNOWN[detail] ?? "voice.no.other");
}

const say = (key: Key) => void toast(t(key), undefined, true);

export function takeTranscript(event: Transcript): void {
  if (waiting === null || event.request_id !== waiting.id) return;
  if (event.event === "transcription_error") return fail(event.detail);
  over();
  const spoken = event.text.trim();
  if (spoken === "") return say("voice.no.empty");
  fillComposer(text.value.trim() === "" ? spoken : `${text.value.trimEnd()} ${spoken}`);
}
