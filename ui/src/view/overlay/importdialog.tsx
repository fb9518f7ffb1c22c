// An import on its way, and what came of it: which chats are here now, what was left out and why.
import { t } from "../../i18n/text.ts";
import { importing, pickImport, type Import } from "../../state/exchange.ts";
import { go } from "../../state/route.ts";
import type { ImportReport } from "../../wire/types.ts";
import { Icon } from "../icon.tsx";
import { Modal } from "./modal.tsx";

export function ImportDialog() {
  const now = importing.value;
  if (now === null) return null;
  const close = () => {
    if (now.state === "sending") now.abort.abort();
    importing.value = null;
  };
  return (
    <Modal class="small-dialog" label={t("import.title")} test="import-dialog" focus="whole" close={close}>
      <div class="dialog-head">
        <h2>{t("import.title")}</h2>
        <button type="button" class="icon-button" aria-label={t("media.close")} title={t("media.close")} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body">
        <p class="soft file-name">{now.name}</p>
        <State now={now} />
      </div>
      <div class="dialog-foot">
        {now.state === "failed" ? (
          <button type="button" class="button" onClick={() => (close(), pickImport())}>
            {t("import.other")}
          </button>
        ) : null}
        <button type="button" class={`button${now.state === "done" ? " primary" : ""}`} data-test="import-close" onClick={close}>
          {t(now.state === "sending" || now.state === "reading" ? "models.cancel" : "media.close")}
        </button>
      </div>
    </Modal>
  );
}

function State(props: { now: Import }) {
  const { now } = props;
  switch (now.state) {
    case "sending":
      return <progress max={Math.max(1, now.total)} value={now.received} aria-label={t("import.sending")} />;
    case "reading":
      return <p role="status">{t("import.reading")}</p>;
    case "failed":
      return <p class="error-text" role="alert">{t("import.failed", { why: now.why })}</p>;
    case "done":
      return <Report report={now.report} />;
  }
}

function Report(props: { report: ImportReport }) {
  const { imported, skipped, warnings } = props.report;
  const open = (key: string) => {
    importing.value = null;
    go(key.replace(/^websocket:/, ""));
  };
  return (
    <div class="report" data-test="import-report">
      <h3>{imported.length === 0 ? t("import.none") : t("import.imported", { count: imported.length })}</h3>
      <ul>
        {imported.map((one) => (
          <li key={one.key}>
            <button type="button" class="link" onClick={() => open(one.key)}>
              {one.title || t("chat.untitled")}
            </button>
            <span class="faint"> {t(one.messages === 1 ? "import.message" : "import.messages", { count: one.messages })}</span>
          </li>
        ))}
      </ul>
      {skipped.length === 0 ? null : <h3>{t("import.skipped", { count: skipped.length })}</h3>}
      <ul>
        {skipped.map((one, at) => (
          <li key={at}>
            {one.what}: <span class="soft">{one.why}</span>
          </li>
        ))}
      </ul>
      {warnings.length === 0 ? null : <h3>{t("import.warnings")}</h3>}
      <ul>
        {warnings.map((text, at) => (
          <li key={at}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
