// A named text field over a signal, with a hint and suggestions.
import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";

type Props = { label: string; value: Signal<string>; hint?: string; example?: string; test?: string; type?: "text" | "password"; list?: string[]; keyboard?: "url" | "numeric" };

export function Field(props: Props) {
  const id = useId();
  // Suggestions stand only in plain text fields.
  const kind = props.type === "password" ? { type: "password" as const } : { type: "text" as const, ...(props.list?.length ? { list: id } : {}) };
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        class="input"
        {...kind}
        inputMode={props.keyboard}
        value={props.value.value}
        data-test={props.test}
        placeholder={props.example}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => (props.value.value = event.currentTarget.value)}
      />
      {props.hint ? <small>{props.hint}</small> : null}
      {props.list?.length ? (
        <datalist id={id}>
          {props.list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      ) : null}
    </label>
  );
}
