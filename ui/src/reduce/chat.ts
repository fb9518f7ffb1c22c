// What the page knows about one chat, as plain data. Only `reduce` makes a new one.
import type { ChatEvent, MediaItem, Message, Run, ThreadPage, Usage } from "../wire/types.ts";

/** A prompt this page sent and the gateway has not taken yet (or has refused: then `failed` says why). */
export type Pending = { turnId: string; text: string; at: number; media?: MediaItem[]; failed?: string };

export type ChatState = {
  readonly chatId: string;
  readonly messages: readonly Message[];
  /** The last event folded in; the next one has this number plus one. */
  readonly lastSeq: number;
  /** Events that came before their turn; folded as soon as the missing one is there. */
  readonly held: readonly ChatEvent[];
  /** The page has lost its place and must read the thread again. */
  readonly lost: boolean;
  readonly run: Partial<Run> | null;
  readonly failed: boolean;
  readonly preset: string | null;
  readonly modelName: string | null;
  /** The turn is answered by another model than the chosen one, which could not. */
  readonly fallback: boolean;
  readonly usage: Usage | null;
  readonly window: number | null;
  readonly pending: readonly Pending[];
  readonly before: string | null;
  /** Files were sent: what is told until the turn ends is about them. */
  readonly muted: boolean;
  /** Turns that ended; one that is told of again is another one, by the name beside it. */
  readonly closed: ReadonlySet<string>;
  readonly again: ReadonlyMap<string, string>;
  /** Rows before a fork's boundary that no row stands behind yet. */
  readonly forkAt: number | null;
};

/** What the page itself does to a chat, besides what the gateway sends. */
export type LocalEvent =
  | { event: "local.page"; page: ThreadPage | null }
  | { event: "local.older"; page: ThreadPage }
  | { event: "local.send"; turn_id: string; text: string; at: number; media?: MediaItem[] }
  | { event: "local.failed"; turn_id: string; why: string }
  | { event: "local.dropped"; turn_id: string };

export function emptyChat(chatId: string): ChatState {
  return {
    chatId,
    messages: [],
    lastSeq: 0,
    held: [],
    lost: false,
    run: null,
    failed: false,
    preset: null,
    modelName: null,
    fallback: false,
    usage: null,
    window: null,
    pending: [],
    before: null,
    muted: false,
    closed: new Set(),
    again: new Map(),
    forkAt: null,
  };
}

export function rowId(prefix: "u" | "as" | "buf" | "tr", seq: number): string {
  return `${prefix}-${seq.toString(16).padStart(16, "0")}`;
}
