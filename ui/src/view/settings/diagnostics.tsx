// The report for someone who helps: nothing leaves this machine; every file in it can be read here before it is saved.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { number, ts } from "../../i18n/settings.ts";
import { closeReport, gather, report, reportBusy, reportSaved, reportWhy, saveReport } from "../../state/settings-diagnostics.ts";
import type { DiagnosticFile } from "../../wire/settings.ts";
import { Icon } from "../icon.tsx";
import { Fact } from "./kit.tsx";

export function Diagnostics() {
  return (
    <>
      <Fact label="report.label" hint={ts("report.hint")}>
        <button type="button" class="button" disabled={reportBusy.value} onClick={() => void gather()} data-test="diagnostics">
          {ts(reportBusy.value && report.value === null ? "report.gathering" : "report.gather")}
        </button>
        {reportWhy.value && report.value === null ? <p class="error-text small" role="alert">{reportWhy.value}</p> : null}
      </Fact>
      {report.value === null ? null : <ReportDialog files={report.value} />}
    </>
  );
}

function ReportDialog(props: { files: readonly DiagnosticFile[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const chosen = useSignal(0);
  useEffect(() => dialog.current?.showModal(), []);
  const file = props.files[chosen.value];
  return (
    <dialog class="diag" ref={dialog} aria-labelledby="report-title" onClose={(event) => (event.stopPropagation(), closeReport())} data-test="report">
      <div class="diag-head">
        <div class="grow">
          <h2 id="report-title">{ts("report.title")}</h2>
          <p class="faint small">{ts("report.lead")}</p>
        </div>
        <button type="button" class="icon-button" aria-label={ts("close")} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <ul class="diag-files" aria-label={ts("report.files")}>
        {props.files.map((one, at) => (
          <li key={one.name}>
            <button type="button" aria-pressed={at === chosen.value} onClick={() => (chosen.value = at)} data-test="report-file">
              <span>{one.name}</span>
              <span class="faint small">{ts("report.size", { n: number(one.content.length) })}</span>
            </button>
          </li>
        ))}
      </ul>
      <pre class="diag-text" tabIndex={0} aria-label={file?.name} data-test="report-text">
        {file?.content}
      </pre>
      <div class="diag-foot actions">
        <button type="button" class="button primary" disabled={reportBusy.value} onClick={() => void saveReport()} data-test="report-save">
          {ts(reportBusy.value ? "saving" : "report.save")}
        </button>
        <button type="button" class="button quiet" onClick={() => dialog.current?.close()}>
          {ts("close")}
        </button>
        <span class="small" role="status">
          {reportSaved.value === null ? null : reportSaved.value.place === null ? ts("report.saved") : ts("report.savedAt", { place: reportSaved.value.place })}
        </span>
        {reportWhy.value ? <span class="error-text small" role="alert">{reportWhy.value}</span> : null}
      </div>
    </dialog>
  );
}
