// The gateway wants its secret: a form for the launch address it printed.
import { useSignal } from "@preact/signals";
import { t } from "../i18n/text.ts";
import { keepSecret, secretFromPaste } from "../wire/bootstrap.ts";
import { connectAgain } from "../wire/socket.ts";

export function Refused() {
  const value = useSignal("");
  const why = useSignal("");
  const submit = (event: Event) => {
    event.preventDefault();
    const secret = secretFromPaste(value.value);
    if (secret === null) {
      why.value = t("refused.wrong");
      return;
    }
    why.value = t("refused.again");
    keepSecret(secret);
    connectAgain();
  };
  return (
    <main class="center-page">
      <form class="center-card" onSubmit={submit}>
        <h1>{t("refused.title")}</h1>
        <p class="soft">{t("refused.text")}</p>
        <label class="field">
          <span>{t("refused.field")}</span>
          <input class="input" data-test="secret" autocomplete="off" spellcheck={false} value={value.value} onInput={(event) => (value.value = event.currentTarget.value)} />
        </label>
        {why.value ? (
          <p class="error-text" role="alert">
            {why.value}
          </p>
        ) : null}
        <div>
          <button type="submit" class="button primary" disabled={value.value.trim() === ""}>
            {t("refused.go")}
          </button>
        </div>
      </form>
    </main>
  );
}
