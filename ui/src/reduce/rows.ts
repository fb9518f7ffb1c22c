// The moves the fold makes on rows: find a turn's last row, put one in its place, change one. Rows are never changed in place.
import type { Message } from "../wire/types.ts";

export type Rows = readonly Message[];

/** Whether the row is one of the turn's; a prompt that waits is none yet, and what a turn changed stands below them all. */
const isOf = (row: Message | undefined, turnId: string | undefined): row is Message => row !== undefined && row.turnId === turnId && row.queued !== true && row.changes === undefined;

/** The turn's last row, as an index; -1 when it has none. Looks no further back than the turn's own prompt needs. */
export function lastOfTurn(rows: Rows, turnId: string | undefined): number {
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    if (isOf(rows[at], turnId)) return at;
  }
  return -1;
}

/** The indexes of a turn's rows after its prompt, the newest first. */
export function rowsOf(rows: Rows, turnId: string | undefined): number[] {
  const own: number[] = [];
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (!isOf(row, turnId)) continue;
    if (row.role === "user") break;
    own.push(at);
  }
  return own;
}

/** The bubble the turn is writing into: its last row, while that is an answer still streaming. */
export function openBubble(rows: Rows, turnId: string | undefined): number {
  const at = lastOfTurn(rows, turnId);
  const row = rows[at];
  return row?.role === "assistant" && row.isStreaming ? at : -1;
}

const endOfTurn = (rows: Rows, turnId: string): number => rows.findLastIndex((row) => row.turnId === turnId && row.queued !== true);

/** A turn's new row stands after its other rows and before prompts that are queued behind it; rows of no known turn stand where they came. */
export function insert(rows: Rows, row: Message): Rows {
  const last = row.role === "user" || row.turnId === undefined ? -1 : row.changes === undefined ? lastOfTurn(rows, row.turnId) : endOfTurn(rows, row.turnId);
  const at = last < 0 ? rows.length : last + 1;
  return at === rows.length ? [...rows, row] : [...rows.slice(0, at), row, ...rows.slice(at)];
}

export function replace(rows: Rows, at: number, change: Partial<Message>): Rows {
  const old = rows[at];
  return old === undefined ? rows : put(rows, at, { ...old, ...change });
}

export function put(rows: Rows, at: number, row: Message): Rows {
  const next = rows.slice();
  next[at] = row;
  return next;
}

export const without = (rows: Rows, at: number): Rows => [...rows.slice(0, at), ...rows.slice(at + 1)];

/** Rows in the order of their events, put where the fold puts them: each turn's rows together. */
export function arrange(rows: Rows): Rows {
  let out: Rows = [];
  let turn: string | undefined;
  for (const row of rows) {
    const inOrder = row.role === "user" || row.turnId === turn;
    out = inOrder ? [...out, row] : insert(out, row);
    turn = out.at(-1)?.turnId;
  }
  return out;
}

/** Ends every streaming flag of a turn. */
export function settle(rows: Rows, turnId: string | undefined): Rows {
  let next: Message[] | null = null;
  for (const at of rowsOf(rows, turnId)) {
    const row = rows[at];
    if (row === undefined || (!row.isStreaming && !row.reasoningStreaming)) continue;
    next ??= rows.slice();
    next[at] = quiet(row);
  }
  return next ?? rows;
}

export function quiet(row: Message): Message {
  return { ...row, isStreaming: false, ...(row.reasoning === undefined ? {} : { reasoningStreaming: false }) };
}

/** Whether a row is a thought that is over and nothing else. */
export const isThought = (row: Message | undefined): boolean =>
  row?.role === "assistant" && row.content.trim() === "" && !!row.reasoning && row.reasoningStreaming !== true && row.media === undefined && row.notice === undefined;

/** Drops the turn's thoughts that led to nothing that is shown. */
export function prune(rows: Rows, turnId: string | undefined): Rows {
  const gone = new Set<number>();
  // From the newest on: what is followed by a trace, or by words of Alcove, has led to it.
  let ledOn = false;
  for (const at of rowsOf(rows, turnId)) {
    const row = rows[at];
    if (!isThought(row)) ledOn = row?.role === "tool" || row?.notice !== undefined;
    else if (!ledOn) gone.add(at);
  }
  return gone.size === 0 ? rows : rows.filter((_, at) => !gone.has(at));
}
