// The chats this page has open: their folded state, and one signal for each row, so that a token changes one row and nothing else.
import { batch, signal, type Signal } from "@preact/signals";
import { emptyChat, type ChatState, type LocalEvent, type Pending } from "../reduce/chat.ts";
import { reduce } from "../reduce/reduce.ts";
import type { ChatEvent, Message, Run, Usage } from "../wire/types.ts";

export type Phase = "loading" | "ready" | "error";
export type Facts = { preset: string | null; modelName: string | null; fallback: boolean; usage: Usage | null; window: number | null };

export class OpenChat {
  state: ChatState;
  readonly ids = signal<readonly string[]>([]);
  readonly pending = signal<readonly Pending[]>([]);
  readonly run = signal<Partial<Run> | null>(null);
  readonly writing = signal(false);
  readonly before = signal<string | null>(null);
  /** Rows of proposals that wait for a person. */
  readonly waits = signal<readonly string[]>([]);
  /** Everything that is here was copied; nothing was said since. */
  readonly forkedHere = signal(false);
  readonly facts = signal<Facts>({ preset: null, modelName: null, fallback: false, usage: null, window: null });
  readonly phase = signal<Phase>("loading");
  readonly why = signal("");
  readonly older = signal<"idle" | "loading" | "error">("idle");
  /** The engine start that counted the events folded so far. */
  instance: string | null = null;
  /** Prompts older than the first row that is here. */
  promptsBefore = 0;
  /** Lives only as long as the connection; it has no thread to read again. */
  temporary = false;
  private readonly rows = new Map<string, Signal<Message>>();

  constructor(readonly id: string) {
    this.state = emptyChat(id);
  }

  row(id: string): Signal<Message> | undefined {
    return this.rows.get(id);
  }

  /** Folds events in and tells only what changed. */
  apply(events: readonly (ChatEvent | LocalEvent)[]): void {
    const before = this.state;
    this.state = events.reduce<ChatState>(reduce, before);
    if (this.state === before) return;
    batch(() => this.tell(before, this.state));
  }

  private tell(before: ChatState, now: ChatState): void {
    if (before.messages !== now.messages) this.tellRows(before.messages, now.messages);
    if (before.pending !== now.pending) this.pending.value = now.pending;
    if (before.run !== now.run) this.run.value = now.run;
    if (before.forkAt !== now.forkAt) this.forkedHere.value = now.forkAt !== null;
    if (before.before !== now.before) this.before.value = now.before;
    const { preset, modelName, fallback, usage, window } = now;
    const known = this.facts.value;
    if (known.preset !== preset || known.modelName !== modelName || known.fallback !== fallback || known.usage !== usage || known.window !== window)
      this.facts.value = { preset, modelName, fallback, usage, window };
    this.writing.value = now.run !== null && isWriting(now);
  }

  private tellRows(before: readonly Message[], now: readonly Message[]): void {
    let moved = before.length !== now.length;
    let proposed = moved;
    for (let at = 0; at < now.length; at += 1) {
      const row = now[at];
      const old = before[at];
      if (row === undefined || old === row) continue;
      if (old?.id !== row.id) moved = true;
      proposed ||= moved || row.proposal !== undefined;
      const known = this.rows.get(row.id);
      if (known === undefined) this.rows.set(row.id, signal(row));
      else known.value = row;
    }
    if (moved) this.ids.value = now.map((row) => row.id);
    if (proposed) this.tellWaits(now);
  }

  private tellWaits(now: readonly Message[]): void {
    const waits = now.filter((row) => row.proposal !== undefined && row.resolution === undefined).map((row) => row.id);
    if (waits.join() !== this.waits.peek().join()) this.waits.value = waits;
  }
}

/** Text comes, or a call runs: something of the turn can be seen at work. */
function isWriting(state: ChatState): boolean {
  const own = state.messages.filter((row) => row.turnId === state.run?.turn_id && row.role !== "user");
  return own.at(-1)?.isStreaming === true || own.some((row) => row.toolEvents?.some((tool) => tool.phase === "start") === true);
}

/** So many chats stay in memory; the one not looked at for longest and at rest is forgotten first (the gateway has it). */
const KEPT = 16;
const open = new Map<string, OpenChat>();

export function chat(id: string): OpenChat {
  const entry = open.get(id) ?? new OpenChat(id);
  open.delete(id);
  open.set(id, entry);
  if (open.size > KEPT) forgetOne(id);
  return entry;
}

function forgetOne(keep: string): void {
  for (const [id, entry] of open) {
    if (id === keep || entry.temporary || entry.state.run !== null || entry.state.pending.length > 0) continue;
    open.delete(id);
    return;
  }
}

export const knownChat = (id: string): OpenChat | undefined => open.get(id);
export const openChats = (): Iterable<OpenChat> => open.values();
