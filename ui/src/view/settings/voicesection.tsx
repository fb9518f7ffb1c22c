// Speaking instead of typing: who turns speech into text, and how long a recording may be.
import { ts } from "../../i18n/settings.ts";
import { change, settings } from "../../state/settings.ts";
import { draft } from "../../state/settings-draft.ts";
import type { Voice } from "../../wire/settings.ts";
import { SettingsForm, type FieldSpec } from "./form.tsx";
import { NoKey } from "./imagesection.tsx";
import { Card, Head } from "./kit.tsx";
import { Missing } from "./missing.tsx";

function fields(voice: Voice, chosen: string): FieldSpec[] {
  const row = voice.providers.find((one) => one.name === chosen);
  return [
    { kind: "switch", name: "enabled", label: "voice.enabled", hint: ts("voice.enabledHint"), now: String(voice.enabled) },
    { kind: "choice", name: "provider", label: "field.provider", now: voice.provider, options: voice.providers.map((one) => ({ value: one.name, label: one.label })), below: row?.configured === false ? <NoKey /> : undefined },
    { kind: "text", name: "model", label: "field.model", now: voice.model ?? "", example: row?.default_model ?? undefined },
    { kind: "text", name: "language", label: "voice.language", hint: ts("voice.languageHint"), now: voice.language ?? "", example: "de" },
    { kind: "number", name: "max_duration_sec", label: "voice.longest", hint: ts("range", { low: 1, high: 600 }), now: String(voice.max_duration_sec), unit: "unit.seconds" },
    { kind: "number", name: "max_upload_mb", label: "voice.largest", hint: ts("range", { low: 1, high: 100 }), now: String(voice.max_upload_mb), unit: "unit.megabytes" },
  ];
}

export function VoiceSection() {
  const voice = settings.value?.transcription;
  const form = draft("voice");
  if (voice === undefined) return <Missing title="voice.title" />;
  return (
    <>
      <Head title="voice.title" lead="voice.lead" />
      <Card>
        <SettingsForm draft={form} fields={fields(voice, form.value("provider", voice.provider))} save={(payload) => change("settings.transcription.update", payload)} test="voice-form" />
      </Card>
    </>
  );
}
