// The moves the fold makes on rows: find a turn's last row, put one in its place, change one. Rows are never changed in place.
import type { Message } from "../wire/types.ts";

export type Rows = readonly Message[];

/** The turn's last row, as an index; -1 when it has none. Looks no further back than the turn's own prompt needs. */
export function lastOfTurn(rows: Rows, turnId: string | undefined): number {
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row !== undefined && row.turnId === turnId) return at;
  }
  return -1;
}

/** A turn's new row stands after its other rows and before prompts that are queued behind it; rows of no known turn stand where they came. */
export function insert(rows: Rows, row: Message): Rows {
  const last = row.role === "user" || row.turnId === undefined ? -1 : lastOfTurn(rows, row.turnId);
  const at = last < 0 ? rows.length : last + 1;
  return at === rows.length ? [...rows, row] : [...rows.slice(0, at), row, ...rows.slice(at)];
}

export function replace(rows: Rows, at: number, change: Partial<Message>): Rows {
  const old = rows[at];
  if (old === undefined) return rows;
  const next = rows.slice();
  next[at] = { ...old, ...change };
  return next;
}

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
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row === undefined || row.turnId !== turnId) continue;
    if (row.role === "user") break;
    if (!row.isStreaming && !row.reasoningStreaming) continue;
    next ??= rows.slice();
    next[at] = quiet(row);
  }
  return next ?? rows;
}

export function quiet(row: Message): Message {
  const { isStreaming: _streaming, reasoningStreaming: _reasoning, ...rest } = row;
  return { ...rest, isStreaming: false, ...(row.reasoning === undefined ? {} : { reasoningStreaming: false }) };
}
