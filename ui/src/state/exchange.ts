// Chats to files and back: an export is saved by the host or the browser; an import is uploaded, read by the gateway, and reported on.
import { signal } from "@preact/signals";
import { exportPath, readExport, type ExportFormat } from "../wire/api.ts";
import { host } from "../wire/host.ts";
import { newId } from "../wire/id.ts";
import { readMedia } from "../wire/media.ts";
import { request } from "../wire/request.ts";
import type { ImportReport } from "../wire/types.ts";
import { upload } from "../wire/uploads.ts";
import { t } from "../i18n/text.ts";
import { later } from "./clock.ts";
import { refreshSoon } from "./list.ts";
import { fileName } from "./plain.ts";
import { toast, toastError } from "./toast.ts";
import { words } from "./words.ts";

export async function exportChat(chatId: string, title: string, format: ExportFormat): Promise<void> {
  const name = fileName(title, format);
  try {
    const save = host()?.saveFile;
    if (save === undefined) return download(await readExport(chatId, format), name);
    const path = await save(name, exportPath(chatId, format));
    if (path !== null) toast(t("export.saved", { path }));
  } catch (error) {
    toastError("export.failed", error);
  }
}

/** By then every browser has begun to read it. */
const TAKEN_MS = 30_000;

/** A file of a message, to where the person wants it. */
export async function saveMedia(url: string, name: string): Promise<void> {
  try {
    const save = host()?.saveFile;
    if (save === undefined) return download(await readMedia(url, name), name);
    const path = await save(name, url);
    if (path !== null) toast(t("export.saved", { path }));
  } catch (error) {
    toastError("media.failed", error);
  }
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  later(TAKEN_MS, () => URL.revokeObjectURL(url));
}

export type Import =
  | { state: "sending"; name: string; received: number; total: number; abort: AbortController }
  | { state: "reading"; name: string }
  | { state: "done"; name: string; report: ImportReport }
  | { state: "failed"; name: string; why: string };
/** The import shown in its dialog; null when there is none. */
export const importing = signal<Import | null>(null);
export const IMPORT_BYTES = 256 * 1024 * 1024;

export async function importFile(file: File): Promise<void> {
  const abort = new AbortController();
  const { name } = file;
  if (file.size > IMPORT_BYTES) {
    importing.value = { state: "failed", name, why: t("attach.no.size", { size: "256 MB" }) };
    return;
  }
  importing.value = { state: "sending", name, received: 0, total: file.size, abort };
  try {
    const body = file.slice(0, file.size, file.type || "application/octet-stream");
    const progress = (received: number) => (importing.value = { state: "sending", name, received, total: file.size, abort });
    const { id } = await upload({ id: newId(), name, body, purpose: "import", signal: abort.signal, progress });
    importing.value = { state: "reading", name };
    importing.value = { state: "done", name, report: await request<ImportReport>("session.import", { upload_id: id }) };
    refreshSoon();
  } catch (error) {
    importing.value = abort.signal.aborted ? null : { state: "failed", name, why: words(error) };
  }
}

/** Asks for a file to import. */
export function pickImport(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.dataset.test = "import-input";
  input.hidden = true;
  input.onchange = () => {
    const file = input.files?.[0];
    input.remove();
    if (file !== undefined) void importFile(file);
  };
  input.oncancel = () => input.remove();
  document.body.append(input);
  input.click();
}
