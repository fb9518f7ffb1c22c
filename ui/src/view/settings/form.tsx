// A form of the settings: what the gateway says, what was typed over it, and the gateway's own words beside the field they are about.
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { ts, type SettingsKey } from "../../i18n/settings.ts";
import type { Draft } from "../../state/settings-draft.ts";
import { changed, overtaken } from "../../state/settings-edit.ts";
import { Control, shown } from "./control.tsx";
import { onEscape, useOpened } from "./opened.ts";

type Common = { name: string; label: SettingsKey; now: string; hint?: ComponentChildren; also?: readonly string[]; /** Why it cannot be changed. */ off?: string; below?: ComponentChildren };
export type Choices = readonly { readonly value: string; readonly label: string }[];
export type FieldSpec = Common &
  (
    | { kind: "text"; list?: readonly string[]; example?: string; keyboard?: "url" }
    | { kind: "number"; unit?: SettingsKey; example?: string }
    | { kind: "switch" }
    | { kind: "choice"; options: Choices }
    | { kind: "secret"; hidden: string | null }
    | { kind: "json"; example?: string }
  );

type Props = {
  draft: Draft;
  fields: readonly FieldSpec[];
  save: (payload: Record<string, unknown>) => Promise<unknown>;
  /** A form that is open on purpose always shows its buttons. */
  open?: { submit: SettingsKey; done: () => void; cancel: () => void };
  test?: string;
};

/** What was typed as the gateway takes it. What is no number or no JSON goes as it is: the gateway says so. */
function payloadOf(fields: readonly FieldSpec[], sent: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(fields.flatMap((field) => (sent[field.name] === undefined ? [] : [[field.name, wireValue(field, sent[field.name] ?? "")]])));
}

function wireValue(field: FieldSpec, text: string): unknown {
  if (field.kind === "switch") return text === "true";
  if (field.kind === "number") return text.trim() === "" ? "" : Number.isFinite(Number(text)) ? Number(text) : text;
  if (field.kind !== "json" || text.trim() === "") return field.kind === "secret" ? text : text.trim();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The first that can be filled in. */
const FIELD = "input:not(:disabled), select:not(:disabled), textarea:not(:disabled)";

export function SettingsForm(props: Props) {
  const { draft, fields, open } = props;
  const form = useRef<HTMLFormElement>(null);
  useOpened(form, open === undefined ? null : FIELD);
  const ground = Object.fromEntries(fields.map((field) => [field.name, field.now]));
  const dirty = changed(draft.edits.value, ground).length > 0;
  const wrong = draft.wrong.value;
  const loose = wrong !== null && !fields.some((field) => field.name === wrong.field);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!dirty && open === undefined) return;
    void draft.save(ground, fields, (sent) => props.save(payloadOf(fields, sent))).then((taken) => taken && open?.done());
  };
  const cancel = () => {
    draft.drop();
    open?.cancel();
  };
  return (
    <form class="set-form" ref={form} onSubmit={submit} onKeyDown={(event) => open !== undefined && onEscape(event, cancel)} data-test={props.test} novalidate>
      {fields.map((field) => (
        <Row key={field.name} draft={draft} field={field} />
      ))}
      {loose ? (
        <p class="error-text set-loose" role="alert">
          {wrong.text}
        </p>
      ) : null}
      {dirty || open !== undefined || draft.phase.value !== "idle" ? (
        <div class="set-foot actions">
          {dirty || open !== undefined || draft.phase.value === "saving" ? (
            <>
              <button type="submit" class="button primary" disabled={draft.phase.value === "saving"} data-test="save">
                {ts(draft.phase.value === "saving" ? "saving" : (open?.submit ?? "save"))}
              </button>
              <button type="button" class="button quiet" disabled={draft.phase.value === "saving"} onClick={cancel}>
                {ts(open === undefined ? "discard" : "cancel")}
              </button>
            </>
          ) : null}
          {draft.phase.value === "saved" ? (
            <span class="saved" role="status" data-test="saved">
              {ts("saved")}
            </span>
          ) : null}
        </div>
      ) : null}
    </form>
  );
}

function Row(props: { draft: Draft; field: FieldSpec }) {
  const { draft, field } = props;
  const id = useId();
  const wrong = draft.wrong.value?.field === field.name ? draft.wrong.value.text : null;
  const theirs = overtaken(draft.edits.value, field.name, field.now);
  return (
    <div class={`set-row is-${field.kind}`} data-field={field.name}>
      <div class="set-label">
        <label for={id}>{ts(field.label)}</label>
        {field.hint === undefined && field.off === undefined ? null : <small id={`${id}-hint`}>{field.off ?? field.hint}</small>}
      </div>
      <div class="set-control">
        <Control id={id} draft={draft} field={field} wrong={wrong !== null} />
        {wrong === null ? null : (
          <p class="error-text small" id={`${id}-wrong`} role="alert" data-test="field-error">
            {wrong}
          </p>
        )}
        {theirs ? (
          <p class="small warn-text" data-test="overtaken">
            {ts("overtaken", { value: shown(field) })}{" "}
            <button type="button" class="link" onClick={() => draft.drop(field.name)}>
              {ts("overtaken.take")}
            </button>
          </p>
        ) : null}
        {field.below}
      </div>
    </div>
  );
}
