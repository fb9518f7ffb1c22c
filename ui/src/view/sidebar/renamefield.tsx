// A name being written anew where it stands: Enter and leaving keep it, Escape does not.
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import { TITLE_MOST } from "../../state/rename.ts";

/** `over` gets the new name, or null when the old one stays. */
export function RenameField(props: { value: string; over: (name: string | null) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const end = (name: string | null) => {
    if (done.current) return;
    done.current = true;
    props.over(name);
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") end(field.current?.value ?? "");
    else if (event.key === "Escape") end(null);
    else return;
    event.preventDefault();
  };
  return (
    <input
      ref={field}
      class="input"
      defaultValue={props.value}
      maxLength={TITLE_MOST}
      aria-label={t("chat.rename")}
      data-test="rename"
      onKeyDown={onKey}
      onBlur={() => end(field.current?.value ?? "")}
    />
  );
}
