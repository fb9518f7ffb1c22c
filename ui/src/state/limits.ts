// What may be attached to a message (envelope §4.1), as data: kinds by type, and why a file may not come along. No page.

export type Kind = "image" | "video" | "document";
export type Limits = { count: number; fileBytes: number; totalBytes: number };
export type Refusal = "type" | "empty" | "size" | "images" | "videos" | "count" | "total";
export type Candidate = { name: string; type: string; size: number };
export type Counted = { kind: Kind; bytes: number };

export const DEFAULT_LIMITS: Limits = { count: 4, fileBytes: 6 * 1024 * 1024, totalBytes: 24 * 1024 * 1024 };
export const VIDEO_BYTES = 20 * 1024 * 1024;
const VIDEOS = 1;
/** A picture this large is not even tried to be made smaller. */
export const PICTURE_BYTES = 128 * 1024 * 1024;

const KINDS: Record<string, Kind> = {
  "image/png": "image",
  "image/jpeg": "image",
  "image/webp": "image",
  "image/gif": "image",
  "video/mp4": "video",
  "video/webm": "video",
  "video/quicktime": "video",
};
const OFFICE = "application/vnd.openxmlformats-officedocument";
const BY_ENDING: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  mp4: "video/mp4",
  m4v: "video/mp4",
  webm: "video/webm",
  mov: "video/quicktime",
  json: "application/json",
  pdf: "application/pdf",
  toml: "application/toml",
  pptx: `${OFFICE}.presentationml.presentation`,
  xlsx: `${OFFICE}.spreadsheetml.sheet`,
  docx: `${OFFICE}.wordprocessingml.document`,
  yaml: "application/yaml",
  yml: "application/yaml",
  xhtml: "application/xhtml+xml",
  xml: "application/xml",
  csv: "text/csv",
  html: "text/html",
  htm: "text/html",
  md: "text/markdown",
  markdown: "text/markdown",
};
const DOCUMENTS = new Set([...Object.values(BY_ENDING).filter((type) => KINDS[type] === undefined), "application/x-yaml", "text/plain", "text/xml", "text/yaml"]);
/** Sources and notes browsers have no type for, or a wrong one: they go as plain text. */
const TEXT = new Set(
  "txt text log ini cfg conf env rs py ts tsx js jsx mjs cjs go c h cc cpp hpp cs java kt swift rb php sh bash zsh fish ps1 sql css scss less vue svelte lua pl r jl tex rst adoc diff patch lock gradle dockerfile makefile cmake proto graphql".split(" "),
);

const ending = (name: string) => /(?:^|\.)([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";

/** The type to declare, and what the gateway will make of it; null when it takes no such file. */
export function typeOf(file: Pick<Candidate, "name" | "type">): { mime: string; kind: Kind } | null {
  const end = ending(file.name);
  const declared = file.type.split(";")[0]?.trim().toLowerCase() ?? "";
  for (const mime of [declared, BY_ENDING[end] ?? ""]) {
    const kind = KINDS[mime] ?? (DOCUMENTS.has(mime) ? "document" : undefined);
    if (kind !== undefined) return { mime, kind };
  }
  const plain = TEXT.has(end) || (declared.startsWith("text/") && declared !== "text/rtf");
  return plain ? { mime: "text/plain", kind: "document" } : null;
}

/** A picture may be too large as it is, because it can be made smaller; a moving one cannot. */
export const mayShrink = (mime: string): boolean => mime === "image/png" || mime === "image/jpeg" || mime === "image/webp";

/** Why the file may not join those already there; null when it may. */
export function refusal(file: Candidate, there: readonly Counted[], limits: Limits): Refusal | null {
  const type = typeOf(file);
  if (type === null) return "type";
  if (file.size === 0) return "empty";
  const most = type.kind === "video" ? VIDEO_BYTES : mayShrink(type.mime) ? PICTURE_BYTES : limits.fileBytes;
  if (file.size > most) return "size";
  if (type.kind === "video") return there.filter((one) => one.kind === "video").length >= VIDEOS ? "videos" : null;
  const counted = there.filter((one) => one.kind !== "video");
  if (counted.length >= limits.count) return type.kind === "image" && counted.every((one) => one.kind === "image") ? "images" : "count";
  const total = counted.reduce((sum, one) => sum + one.bytes, 0) + Math.min(file.size, limits.fileBytes);
  return total > limits.totalBytes ? "total" : null;
}
