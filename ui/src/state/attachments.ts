// What is attached to the message being written, for each chat: read, made smaller where needed, sent at once, kept while other chats are in front.
import { computed, signal } from "@preact/signals";
import { smaller } from "../media/shrinking.ts";
import { renamed } from "../media/shrink.ts";
import { newId } from "../wire/id.ts";
import { boot } from "../wire/socket.ts";
import { dropUpload, upload } from "../wire/uploads.ts";
import type { MediaItem } from "../wire/types.ts";
import { t, type Key } from "../i18n/text.ts";
import { keepAttached, keptAttached } from "./drafts.ts";
import { DEFAULT_LIMITS, refusal, typeOf, VIDEO_BYTES, type Kind, type Limits, type Refusal } from "./limits.ts";
import { current } from "./route.ts";
import { fileSize } from "./plain.ts";

export type Attachment = {
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  readonly kind: Kind;
  readonly bytes: number;
  /** What a thumbnail shows: an address of this page's memory, or the gateway's. */
  readonly preview: string | null;
  readonly state: "preparing" | "sending" | "done" | "failed";
  readonly received: number;
  readonly why: string;
  /** The gateway's address, once it has the file. */
  readonly url: string | null;
};

type Slot = string;
export const slotOf = (chatId: string | null): Slot => chatId ?? "new";
const all = signal<ReadonlyMap<Slot, readonly Attachment[]>>(new Map());
const files = new Map<string, File>();
const aborts = new Map<string, AbortController>();
/** Files that did not come along, and why; shown until dismissed or until the next ones come. */
export const refused = signal<readonly { name: string; why: string }[]>([]);

export const attachmentsOf = (chatId: string | null) => of(slotOf(chatId));
const of = (slot: Slot): readonly Attachment[] => all.value.get(slot) ?? keptAttached(slot);
export const attached = computed(() => of(slotOf(current.value)));
/** All of them are at the gateway. */
export const allSent = computed(() => attached.value.every((one) => one.state === "done"));

export const limits = computed<Limits>(() => {
  const given = boot.value?.limits?.attachments;
  return given === undefined ? DEFAULT_LIMITS : { count: given.max_count, fileBytes: given.max_file_bytes, totalBytes: given.max_total_bytes };
});

function put(slot: Slot, list: readonly Attachment[]): void {
  const next = new Map(all.value);
  next.set(slot, list);
  all.value = next;
  keepAttached(slot, list.filter((one) => one.state === "done"));
}

function change(slot: Slot, id: string, fields: Partial<Attachment>): void {
  put(slot, of(slot).map((one) => (one.id === id ? { ...one, ...fields } : one)));
}

function sayWhy(why: Refusal, kind: Kind | undefined): string {
  const most = limits.value;
  return t(`attach.no.${why}`, { count: most.count, size: fileSize(kind === "video" ? VIDEO_BYTES : most.fileBytes), total: fileSize(most.totalBytes) });
}

/** Takes files for a chat's next message; those that may not come are told about. */
export function addFiles(chatId: string | null, given: Iterable<File>): void {
  const slot = slotOf(chatId);
  const no: { name: string; why: string }[] = [];
  for (const file of given) {
    const type = typeOf(file);
    const why = refusal(file, of(slot), limits.value);
    if (type === null || why !== null) {
      no.push({ name: file.name, why: sayWhy(why ?? "type", type?.kind) });
      continue;
    }
    const id = newId();
    files.set(id, file);
    const preview = type.kind === "document" ? null : URL.createObjectURL(file);
    put(slot, [...of(slot), { id, name: file.name, mime: type.mime, kind: type.kind, bytes: file.size, preview, state: "preparing", received: 0, why: "", url: null }]);
    void send(slot, id);
  }
  refused.value = no;
}

async function send(slot: Slot, id: string): Promise<void> {
  const one = of(slot).find((row) => row.id === id);
  const file = files.get(id);
  if (one === undefined || file === undefined) return;
  const abort = new AbortController();
  aborts.set(id, abort);
  try {
    const ready = await prepared(one, file);
    if (abort.signal.aborted) return;
    change(slot, id, { state: "sending", bytes: ready.body.size, received: 0, name: ready.name, mime: ready.body.type });
    const status = await upload({ id, name: ready.name, body: ready.body, signal: abort.signal, progress: (received) => change(slot, id, { received }) });
    change(slot, id, { state: "done", received: ready.body.size, url: status.url ?? null });
    files.delete(id);
  } catch (error) {
    if (!abort.signal.aborted) change(slot, id, { state: "failed", why: failureText(error, one.kind) });
  } finally {
    aborts.delete(id);
  }
}

async function prepared(one: Attachment, file: File): Promise<{ body: Blob; name: string }> {
  const typed = file.slice(0, file.size, one.mime);
  if (one.kind !== "image" || file.size <= limits.value.fileBytes) return { body: typed, name: one.name };
  const small = await smaller(typed, limits.value.fileBytes);
  if (small === null) throw new Error("size");
  return { body: small, name: renamed(one.name, small.type) };
}

/** The gateway's short words, said in full. */
const KNOWN: Record<string, Key> = { size: "attach.no.size", mime: "attach.no.mime", malformed: "attach.no.malformed", "too many uploads": "attach.no.busy", total_size: "attach.no.total" };

function failureText(error: unknown, kind: Kind): string {
  const words = error instanceof Error ? error.message : String(error);
  const known = KNOWN[words];
  if (known === undefined) return words === "" || error instanceof TypeError ? t("attach.no.line") : words;
  return t(known, { size: fileSize(kind === "video" ? VIDEO_BYTES : limits.value.fileBytes), total: fileSize(limits.value.totalBytes) });
}

export function retryAttachment(chatId: string | null, id: string): void {
  if (!files.has(id)) return removeAttachment(chatId, id);
  change(slotOf(chatId), id, { state: "preparing", why: "", received: 0 });
  void send(slotOf(chatId), id);
}

export function removeAttachment(chatId: string | null, id: string): void {
  const slot = slotOf(chatId);
  const one = of(slot).find((row) => row.id === id);
  aborts.get(id)?.abort();
  put(slot, of(slot).filter((row) => row.id !== id));
  release(one);
  void dropUpload(id);
}

function release(one: Attachment | undefined): void {
  if (one === undefined) return;
  files.delete(one.id);
  if (one.preview?.startsWith("blob:")) URL.revokeObjectURL(one.preview);
}

/** Takes what is attached for sending; the composer is empty afterwards. */
export function takeAttached(chatId: string | null): readonly Attachment[] {
  const slot = slotOf(chatId);
  const list = of(slot);
  put(slot, []);
  refused.value = [];
  for (const one of list) release(one);
  return list;
}

/** Sending did not come about: they are attached again. */
export function putBack(chatId: string | null, list: readonly Attachment[]): void {
  const slot = slotOf(chatId);
  put(slot, [...list.map((one) => ({ ...one, preview: one.url })), ...of(slot)]);
}

/** Files the gateway has already: dropped on the native window, or brought back with a refused prompt. */
export function addSent(chatId: string | null, list: readonly Attachment[]): void {
  const slot = slotOf(chatId);
  put(slot, [...of(slot), ...list]);
}

export const sentItem = (one: Attachment) => ({ upload_id: one.id, name: one.name });
export const shownItem = (one: Attachment): MediaItem => ({ kind: one.kind === "document" ? "file" : one.kind, url: one.url, name: one.name });
