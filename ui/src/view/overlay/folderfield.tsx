// A folder given by its path; the gateway says whether there is one.
import { useSignal } from "@preact/signals";
import { t } from "../../i18n/text.ts";

export function FolderField(props: { disabled: boolean; use: (path: string) => void }) {
  const path = useSignal("");
  const submit = (event: Event) => {
    event.preventDefault();
    if (path.value.trim() !== "") props.use(path.value.trim());
  };
  return (
    <form class="pair folder-field" onSubmit={submit}>
      <input
        class="input"
        value={path.value}
        disabled={props.disabled}
        placeholder={t("scope.path")}
        aria-label={t("scope.path")}
        spellcheck={false}
        data-test="folder-path"
        onInput={(event) => (path.value = event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={props.disabled || path.value.trim() === ""}>
        {t("scope.use")}
      </button>
    </form>
  );
}
