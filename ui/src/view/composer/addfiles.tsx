// The button that opens the system's file dialog.
import { useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import { addFiles } from "../../state/attachments.ts";
import { current } from "../../state/route.ts";
import { closed } from "../../state/sending.ts";
import { Icon } from "../icon.tsx";

export function AddFiles() {
  const input = useRef<HTMLInputElement>(null);
  const take = () => {
    const chosen = input.current;
    if (chosen === null) return;
    addFiles(current.value, [...(chosen.files ?? [])]);
    // The same file may be chosen again.
    chosen.value = "";
  };
  return (
    <>
      <button type="button" class="icon-button" aria-label={t("attach.add")} title={t("attach.add")} disabled={closed.value} data-test="attach" onClick={() => input.current?.click()}>
        <Icon name="clip" />
      </button>
      <input ref={input} type="file" multiple hidden tabIndex={-1} data-test="file-input" onChange={take} />
    </>
  );
}
