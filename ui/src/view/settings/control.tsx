// One control of a settings form: a native element over the draft's value.
import { useId } from "preact/hooks";
import { ts } from "../../i18n/settings.ts";
import type { Draft } from "../../state/settings-draft.ts";
import type { FieldSpec } from "./form.tsx";

/** What stands at the gateway, for people. */
export function shown(field: FieldSpec): string {
  if (field.kind === "switch") return ts(field.now === "true" ? "on" : "off");
  if (field.kind === "choice") return field.options.find((one) => one.value === field.now)?.label ?? field.now;
  return field.now === "" ? ts("nothing") : field.now;
}

type Props = { id: string; draft: Draft; field: FieldSpec; wrong: boolean };

export function Control(props: Props) {
  const { id, draft, field, wrong } = props;
  const value = draft.value(field.name, field.now);
  const described = [wrong ? `${id}-wrong` : "", field.hint === undefined && field.off === undefined ? "" : `${id}-hint`].filter(Boolean).join(" ");
  const common = {
    id,
    disabled: field.off !== undefined || draft.phase.value === "saving",
    "aria-invalid": wrong ? ("true" as const) : undefined,
    "aria-describedby": described || undefined,
    "data-test": `field-${field.name}`,
  };
  const set = (next: string) => draft.set(field.name, next, field.now);
  switch (field.kind) {
    case "switch":
      return <input type="checkbox" role="switch" class="toggle" {...common} checked={value === "true"} onChange={(event) => set(String(event.currentTarget.checked))} />;
    case "choice":
      return (
        <select class="input" {...common} value={value} onChange={(event) => set(event.currentTarget.value)}>
          {field.options.some((one) => one.value === value) ? null : <option value={value}>{value}</option>}
          {field.options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      );
    case "json":
      return <textarea class="input code" rows={Math.min(8, Math.max(2, value.split("\n").length))} {...common} value={value} placeholder={field.example} spellcheck={false} onInput={(event) => set(event.currentTarget.value)} />;
    case "secret":
      return <input class="input" type="password" {...common} value={value} placeholder={field.hidden ?? ""} autocomplete="off" spellcheck={false} onInput={(event) => set(event.currentTarget.value)} />;
    case "number":
      return (
        <span class="with-unit">
          <input class="input" type="text" inputMode="numeric" {...common} value={value} placeholder={field.example} autocomplete="off" onInput={(event) => set(event.currentTarget.value)} />
          {field.unit === undefined ? null : <span class="faint small">{ts(field.unit)}</span>}
        </span>
      );
    case "text":
      return <Text common={common} value={value} set={set} field={field} />;
  }
}

function Text(props: { common: object; value: string; set: (next: string) => void; field: Extract<FieldSpec, { kind: "text" }> }) {
  const { field } = props;
  const list = useId();
  return (
    <>
      <input
        class="input"
        type="text"
        {...props.common}
        {...(field.list?.length ? { list } : {})}
        inputMode={field.keyboard}
        value={props.value}
        placeholder={field.example}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => props.set(event.currentTarget.value)}
      />
      {field.list?.length ? (
        <datalist id={list}>
          {field.list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      ) : null}
    </>
  );
}
