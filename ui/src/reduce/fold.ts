// How a prompt and a turn's end change a chat's rows, and what every event gives a row (envelope §5.3). All pure.
import type { ChatEvent, MediaItem, Message } from "../wire/types.ts";
import { rowId } from "./chat.ts";
import { insert, prune, replace, settle, type Rows } from "./rows.ts";

export type Of<E extends ChatEvent["event"]> = Extract<ChatEvent, { event: E }>;

export const seqOf = (event: ChatEvent) => event.seq ?? 0;
export const timeOf = (event: ChatEvent) => event.created_at_ms ?? event.at;

export function base(event: ChatEvent, prefix: "u" | "as" | "buf" | "tr"): Pick<Message, "id" | "turnId" | "turnPhase" | "turnSeq" | "createdAt"> {
  return {
    id: rowId(prefix, seqOf(event)),
    ...(event.turn_id === undefined ? {} : { turnId: event.turn_id }),
    ...stamp(event),
    ...(timeOf(event) === undefined ? {} : { createdAt: timeOf(event) }),
  };
}

/** Where the turn is, as its newest event says. */
export function stamp(event: ChatEvent): Partial<Message> {
  return { ...(event.turn_phase === undefined ? {} : { turnPhase: event.turn_phase }), ...(event.turn_seq === undefined ? {} : { turnSeq: event.turn_seq }) };
}

const ENDINGS: Record<string, string> = { png: "image", jpg: "image", jpeg: "image", webp: "image", gif: "image", svg: "image", mp4: "video", mov: "video", webm: "video" };
const kindOf = (name: string | null | undefined) => ENDINGS[(/\.([^.]*)$/.exec(name ?? "")?.[1] ?? "").toLowerCase()] ?? "file";

/** The files of a message, each with its kind. */
export function filesOf(media: readonly MediaItem[] | undefined): { media?: MediaItem[] } {
  if (media === undefined || media.length === 0) return {};
  return { media: media.map((file) => (file.kind ? file : { ...file, kind: kindOf(file.name) })) };
}

function pictures(media: MediaItem[] | undefined): Partial<Message> {
  if (media === undefined || !media.every((file) => file.kind === "image")) return {};
  return { images: media.map(({ url, name }) => ({ url, name })) };
}

const some = <T>(name: string, list: readonly T[] | undefined) => (list === undefined || list.length === 0 ? {} : { [name]: list });

/** What a prompt names besides its text. */
function named(event: ChatEvent): Partial<Message> {
  if (event.event !== "user_message") return {};
  const from = event.provenance?.session_message;
  return {
    ...some("cliApps", event.cli_apps),
    ...some("mcpPresets", event.mcp_presets),
    ...some("sessionMentions", event.session_mentions),
    ...(from === undefined ? {} : { sessionMessage: from }),
  };
}

export function userRow(rows: Rows, event: ChatEvent & { starts_turn: boolean }, text: string, media?: readonly MediaItem[]): Rows {
  const known = rows.some((row) => row.role === "user" && event.turn_id !== undefined && row.turnId === event.turn_id);
  if (known) return rows;
  const place = event.turn_id === undefined ? {} : { turnPhase: "user" as const, turnSeq: 1 };
  const files = filesOf(media);
  const row: Message = { ...base(event, "u"), ...place, role: "user", content: text, ...files, ...pictures(files.media), ...named(event) };
  return insert(rows, event.starts_turn ? row : { ...row, queued: true });
}

/** The turn of a waiting prompt begins. */
export function dequeue(rows: Rows, turnId: string | undefined): Rows {
  const at = rows.findIndex((row) => row.queued === true && row.turnId === turnId);
  const row = rows[at];
  if (row === undefined) return rows;
  const { queued: _queued, ...rest } = row;
  return [...rows.slice(0, at), rest, ...rows.slice(at + 1)];
}

/** Waiting prompts join a turn that runs: they stand where it is by now. */
export function steered(rows: Rows, event: Of<"steered">): Rows {
  return rows.map((row) => {
    if (row.queued !== true || row.turnId === undefined || !event.prompts.includes(row.turnId)) return row;
    const { queued: _queued, turnId: _own, ...rest } = row;
    return event.turn_id === undefined ? rest : { ...rest, turnId: event.turn_id };
  });
}

/** Ends the turn's streaming, drops thoughts that led to nothing, and stamps its cost on the last answer. */
export function turnEnd(rows: Rows, event: Of<"turn_end">): Rows {
  const settled = prune(settle(rows, event.turn_id), event.turn_id);
  const at = settled.findLastIndex((row) => row.role === "assistant" && row.turnId === event.turn_id);
  if (at < 0) return settled;
  return replace(settled, at, {
    ...(event.latency_ms === undefined ? {} : { latencyMs: event.latency_ms }),
    ...(event.usage === undefined ? {} : { usage: event.usage }),
    ...(event.context_window_tokens === undefined ? {} : { contextWindowTokens: event.context_window_tokens }),
  });
}
