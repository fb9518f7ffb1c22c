// The report about this gateway: read, shown file by file, and saved where the person says.
import { signal } from "@preact/signals";
import { host } from "../wire/host.ts";
import { readDiagnostics, readDiagnosticsArchive, type DiagnosticFile } from "../wire/settings.ts";
import { words } from "./words.ts";

export const report = signal<readonly DiagnosticFile[] | null>(null);
export const reportWhy = signal("");
/** Where it was saved, or that it was; empty before. */
export const reportSaved = signal<{ place: string | null } | null>(null);
export const reportBusy = signal(false);

async function run(work: () => Promise<void>): Promise<void> {
  reportBusy.value = true;
  reportWhy.value = "";
  reportSaved.value = null;
  try {
    await work();
  } catch (error) {
    reportWhy.value = words(error);
  }
  reportBusy.value = false;
}

export const gather = () => run(async () => void (report.value = await readDiagnostics()));
export const closeReport = (): void => {
  report.value = null;
  reportWhy.value = "";
  reportSaved.value = null;
};

const NAME = "alcove-diagnostics.zip";
/** A browser may still read the address after the click. */
const RELEASE_MS = 60_000;

export const saveReport = () =>
  run(async () => {
    const export_ = host()?.exportDiagnostics;
    if (export_ !== undefined) {
      const place = await export_();
      if (place) reportSaved.value = { place };
      return;
    }
    const url = URL.createObjectURL(await readDiagnosticsArchive());
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.download = NAME;
    anchor.click();
    window.setTimeout(() => URL.revokeObjectURL(url), RELEASE_MS);
    reportSaved.value = { place: null };
  });
