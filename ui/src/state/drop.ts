// Files held over the window and dropped on it: what would happen, and what does. The native window tells it by its host, with paths the page never sees.
import { computed, effect, signal } from "@preact/signals";
import { host, type DropEvent, type DroppedItem, type DroppedKinds, type DropProblem } from "../wire/host.ts";
import { dropUpload } from "../wire/uploads.ts";
import { t } from "../i18n/text.ts";
import { addFiles, addSent, attached, limits, refused, type Attachment } from "./attachments.ts";
import { refusal, typeOf, VIDEO_BYTES, type Kind } from "./limits.ts";
import { current } from "./route.ts";
import { closed } from "./sending.ts";
import { firstRun, undecided } from "./settings.ts";
import { fileSize } from "./plain.ts";

type Over = { count: number; types: readonly string[] } | { taking: string; share: number };
/** Files are over the window, or are being taken from it. */
export const over = signal<Over | null>(null);

export type DropWords = { can: boolean; title: string; detail: string };
export const dropWords = computed<DropWords | null>(() => {
  const now = over.value;
  if (now === null) return null;
  if ("taking" in now) return { can: true, title: t("drop.sending", { name: now.taking, share: now.share }), detail: "" };
  const most = limits.value;
  const detail = t("drop.limits", { count: most.count, size: fileSize(most.fileBytes), video: fileSize(VIDEO_BYTES) });
  if (closed.value) return { can: false, title: t("temporary.over"), detail: "" };
  if (choosing.value) return { can: false, title: t("first.model"), detail: "" };
  const known = now.types.filter((type) => type !== "");
  if (known.length === now.count && known.length > 0 && known.every((type) => typeOf({ name: "", type }) === null)) return { can: false, title: t("drop.no"), detail: t("attach.no.type") };
  const full = attached.value.filter((one) => one.kind !== "video").length >= most.count && !known.some((type) => type.startsWith("video/"));
  if (full) return { can: false, title: t("drop.full"), detail };
  return { can: true, title: now.count > 1 ? t("drop.many", { count: now.count }) : t("drop.one"), detail };
});

/** Someone new has no composer yet. */
const choosing = computed(() => current.value === null && (firstRun.value || undecided.value));

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

export function listenForDrops(): void {
  const native = host()?.onDrop;
  if (native !== undefined) {
    native(takeNative);
    return;
  }
  let depth = 0;
  const leave = () => {
    depth = 0;
    over.value = null;
  };
  window.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth += 1;
    const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === "file");
    over.value = { count: Math.max(1, items.length), types: items.map((item) => item.type) };
  });
  window.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = dropWords.value?.can === false ? "none" : "copy";
  });
  window.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth -= 1;
    if (depth <= 0) leave();
  });
  window.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    leave();
    takeFiles(event.dataTransfer);
  });
}

function takeFiles(given: DataTransfer | null): void {
  if (closed.value || choosing.value || given === null) return;
  const folders: string[] = [];
  const files: File[] = [];
  for (const item of given.items) {
    const file = item.getAsFile();
    if (file === null) continue;
    if (item.webkitGetAsEntry()?.isDirectory) folders.push(file.name);
    else files.push(file);
  }
  addFiles(current.value, files);
  if (folders.length > 0) refused.value = [...refused.value, ...folders.map((name) => ({ name, why: t("attach.no.folder") }))];
}

function takeNative(event: DropEvent): void {
  switch (event.type) {
    case "enter":
      over.value = { count: event.count, types: typesOf(event.kinds) };
      return;
    case "leave":
      over.value = null;
      return;
    case "progress":
      over.value = { taking: event.name, share: event.total === 0 ? 0 : Math.round((event.received / event.total) * 100) };
      return;
    case "drop":
      over.value = null;
      takeDropped(event.items);
      if (event.more > 0) refused.value = [...refused.value, { name: t("attach.others", { count: event.more }), why: said("count") }];
  }
}

/** One type for each file: the shell tells kinds, by names alone. */
const typesOf = (kinds: DroppedKinds): string[] =>
  ([["image/png", kinds.image], ["application/pdf", kinds.document], ["video/mp4", kinds.video], ["application/octet-stream", kinds.other]] as const).flatMap(([type, count]) => Array<string>(count).fill(type));

/** The texts for what the shell says of a file. */
const WORDS = {
  missing: "malformed", unreadable: "malformed", special: "malformed", folder: "folder", link: "link", mime: "type", empty: "empty", size: "size", too_many_attachments: "count",
  too_many_videos: "videos", total_size: "total", too_many_uploads: "busy", changed: "changed", engine: "line",
} as const satisfies Record<DropProblem, string>;

const said = (why: (typeof WORDS)[DropProblem] | NonNullable<ReturnType<typeof refusal>>): string =>
  t(`attach.no.${why}`, { count: limits.value.count, size: fileSize(limits.value.fileBytes), total: fileSize(limits.value.totalBytes) });

const sizeOf = (item: { name: string; error: DropProblem }): string =>
  item.error === "size" && typeOf({ name: item.name, type: "" })?.kind === "video" ? t("attach.no.size", { size: fileSize(VIDEO_BYTES) }) : said(WORDS[item.error] ?? "malformed");

/** The shell sent the files already; what the message cannot carry is given back. */
function takeDropped(items: readonly DroppedItem[]): void {
  const no: { name: string; why: string }[] = [];
  for (const item of items) {
    if (item.upload_id === undefined) {
      no.push({ name: item.name, why: sizeOf(item) });
      continue;
    }
    const why = closed.value ? "count" : refusal({ name: item.name, type: item.mime, size: item.bytes }, attached.value, limits.value);
    if (why === null) addSent(current.value, [sentAlready(item)]);
    else {
      no.push({ name: item.name, why: said(why) });
      void dropUpload(item.upload_id);
    }
  }
  refused.value = no;
}

function sentAlready(item: Extract<DroppedItem, { upload_id: string }>): Attachment {
  const kind: Kind = item.kind === "image" || item.kind === "video" ? item.kind : "document";
  const url = item.url ?? null;
  return { id: item.upload_id, name: item.name, mime: item.mime, kind, bytes: item.bytes, preview: kind === "document" ? null : url, state: "done", received: item.bytes, why: "", url };
}

/** Another chat in front: the notes were about the one before. */
export function forgetNotesOnLeaving(): void {
  effect(() => {
    current.value;
    refused.value = [];
  });
}
