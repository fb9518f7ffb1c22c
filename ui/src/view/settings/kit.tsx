// The few things every section of the settings is made of: its head, cards, facts, a path to copy, a question before something grave.
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { ts, type SettingsKey } from "../../i18n/settings.ts";
import { CopyButton } from "../copy.tsx";
import { onEscape, useOpened } from "./opened.ts";

export function Head(props: { title: SettingsKey; lead?: SettingsKey }) {
  return (
    <div class="set-top">
      <h3 id="section-title" tabIndex={-1}>
        {ts(props.title)}
      </h3>
      {props.lead === undefined ? null : <p class="soft">{ts(props.lead)}</p>}
    </div>
  );
}

export function Card(props: { title?: SettingsKey; lead?: ComponentChildren; aside?: ComponentChildren; children: ComponentChildren; test?: string }) {
  const id = useId();
  return (
    <section class="set-card" aria-labelledby={props.title === undefined ? undefined : id} data-test={props.test}>
      {props.title === undefined ? null : (
        <div class="set-card-head">
          <div class="grow">
            <h4 id={id}>{ts(props.title)}</h4>
            {props.lead === undefined ? null : <p class="faint small">{props.lead}</p>}
          </div>
          {props.aside}
        </div>
      )}
      {props.children}
    </section>
  );
}

/** A name with what stands there; nothing to change. */
export function Fact(props: { label: SettingsKey; children: ComponentChildren; hint?: ComponentChildren }) {
  return (
    <div class="set-row fact">
      <div class="set-label">
        <span>{ts(props.label)}</span>
        {props.hint === undefined ? null : <small>{props.hint}</small>}
      </div>
      <div class="set-control">{props.children}</div>
    </div>
  );
}

export function Path(props: { text: string }) {
  return (
    <span class="path">
      <code dir="ltr">{props.text}</code>
      <CopyButton text={() => props.text} label="copy" />
    </span>
  );
}

/** Something that is not so (yet), said plainly. */
export function Note(props: { tone?: "plain" | "warn" | "danger"; children: ComponentChildren; test?: string }) {
  return (
    <div class={`set-note ${props.tone ?? "plain"}`} role="note" data-test={props.test}>
      {props.children}
    </div>
  );
}

/** Asked in place; the answer that changes nothing has the focus. */
export function Confirm(props: { question: string; yes: string; no: string; busy?: boolean; danger?: boolean; onYes: () => void; onNo: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useOpened(box, "[data-no]");
  return (
    <div class="set-confirm" ref={box} role="alertdialog" aria-label={props.question} onKeyDown={(event) => onEscape(event, props.onNo)} data-test="confirm">
      <p>{props.question}</p>
      <div class="actions">
        <button type="button" class={`button small${props.danger ? " danger" : ""}`} disabled={props.busy} onClick={props.onYes} data-test="confirm-yes">
          {props.yes}
        </button>
        <button type="button" class="button small" data-no onClick={props.onNo}>
          {props.no}
        </button>
      </div>
    </div>
  );
}
