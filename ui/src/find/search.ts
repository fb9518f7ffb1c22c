// Looks through a chat's messages for a text: what is here first, in slices that no frame notices, then page by page what is older.
import { computed, effect, signal } from "@preact/signals";
import type { OpenChat } from "../state/chats.ts";
import { later } from "../state/clock.ts";
import { readOlder } from "../state/conversation.ts";
import { heard } from "../state/heard.ts";
import type { ChatEvent, Message } from "../wire/types.ts";
import { foundIn, ordinal, patternOf, sameOrAfter, stepped, type Hit, type RowHits } from "./match.ts";

/** How long a slice may take, in milliseconds. */
const SLICE_MS = 8;
/** What streams in is looked at this often. */
const STREAM_MS = 200;
/** Older pages are asked for only when the person has stopped typing. */
const TYPED_MS = 350;
/** Rows of an older page: each page costs a look at all rows that are here, so there are few of them. */
const OLDER_ROWS = 400;

/**
 * "here": among the messages that are here. "older": pages are being read. "stopping": the last of them is on its way. "stopped", "failed":
 * there are older ones that were not looked at.
 */
export type Phase = "here" | "older" | "stopping" | "stopped" | "failed" | "done";

export class Search {
  /** Rows with hits, in the chat's order. */
  readonly rows = signal<readonly RowHits[]>([]);
  readonly at = signal<Hit | null>(null);
  readonly phase = signal<Phase>("done");
  readonly pattern = signal<RegExp | null>(null);
  readonly total = computed(() => this.rows.value.reduce((sum, row) => sum + row.count, 0));
  readonly ordinal = computed(() => ordinal(this.rows.value, this.at.value));
  /** Grows when the hit should be brought into sight. */
  readonly asked = signal(0);
  private looked = new WeakMap<Message, RowHits | null>();
  /** The row the search goes out from: what stands there or after it is found first. */
  private place = "";
  private running = false;
  private ended = false;
  private typedAt = 0;
  private backward = true;
  private due = () => {};
  private readonly unfollow: () => void;

  constructor(
    readonly chat: OpenChat,
    private readonly inSight: () => string,
  ) {
    this.unfollow = effect(() => {
      void chat.ids.value;
      void chat.before.value;
      void this.run();
    });
    heard.add(this.hear);
  }

  end(): void {
    this.ended = true;
    this.due();
    this.unfollow();
    heard.delete(this.hear);
  }

  /** Looks for something else; the hit stays where it is, or goes to the first one after. */
  look(wanted: string, exact: boolean): void {
    const before = this.pattern.peek();
    const now = patternOf(wanted, exact);
    if (before?.source === now?.source && before?.flags === now?.flags) return;
    const from = this.at.peek();
    this.place = from === null || before === null ? this.inSight() : from.id;
    this.at.value = from === null || before === null || now === null ? null : this.kept(from, before, now);
    this.pattern.value = now;
    this.looked = new WeakMap();
    this.rows.value = [];
    this.phase.value = now === null ? "done" : "here";
    this.typedAt = performance.now();
    this.backward = true;
    if (this.at.peek() !== null) this.asked.value += 1;
    void this.run();
  }

  step(step: 1 | -1): void {
    const next = stepped(this.rows.peek(), this.at.peek(), step);
    if (next === null) return;
    this.at.value = next;
    this.asked.value += 1;
  }

  /** Whether the next letter may come at once: what is found meanwhile may be left again. */
  isTyping(): boolean {
    return performance.now() < this.typedAt + TYPED_MS;
  }

  stopOlder(): void {
    this.backward = false;
    this.phase.value = this.running ? "stopping" : "stopped";
  }

  lookOlder(): void {
    this.backward = true;
    void this.run();
  }

  private kept(from: Hit, before: RegExp, now: RegExp): Hit | null {
    const message = this.chat.row(from.id)?.peek();
    const index = message === undefined ? -1 : sameOrAfter(message, before, from.index, now);
    return index < 0 ? null : { id: from.id, index };
  }

  private hear = (event: ChatEvent): void => {
    if (event.chat_id !== this.chat.id || this.pattern.peek() === null) return;
    this.due();
    this.due = later(STREAM_MS, () => void this.run());
  };

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.ended && this.pattern.peek() !== null) {
      if (this.slice()) await pause(0);
      else if (!(await this.goBack())) break;
    }
    this.running = false;
  }

  /** True while there are messages not looked at. */
  private slice(): boolean {
    const pattern = this.pattern.peek();
    if (pattern === null) return false;
    const messages = this.chat.state.messages;
    const from = Math.max(0, messages.findIndex((row) => row.id === this.place));
    const until = performance.now() + SLICE_MS;
    let more = false;
    for (const at of outward(from, messages.length)) {
      const message = messages[at];
      if (message === undefined || this.looked.has(message)) continue;
      if (performance.now() > until) {
        more = true;
        break;
      }
      this.looked.set(message, foundIn(message, pattern));
    }
    this.tell(messages, from, more);
    return more;
  }

  private tell(messages: readonly Message[], from: number, more: boolean): void {
    const rows: RowHits[] = [];
    let after: RowHits | undefined;
    let before: RowHits | undefined;
    messages.forEach((message, at) => {
      const row = this.looked.get(message);
      if (row == null) return;
      rows.push(row);
      if (at >= from) after ??= row;
      else before = row;
    });
    if (!same(this.rows.peek(), rows)) this.rows.value = rows;
    const last = messages.at(-1);
    const forward = last === undefined || this.looked.has(last);
    const hit = this.at.peek();
    if (hit !== null && !forward) return;
    if (hit !== null && (rows.some((row) => row.id === hit.id && hit.index < row.count) || more)) return;
    const first = after ?? (forward ? before : undefined);
    if (first === undefined) this.at.value = null;
    else {
      this.at.value = { id: first.id, index: first === after ? 0 : first.count - 1 };
      this.asked.value += 1;
    }
  }

  /** Reads one older page. False: there is none, or nobody wants it. */
  private async goBack(): Promise<boolean> {
    const before = this.chat.before.peek();
    if (before === null) this.phase.value = "done";
    else if (this.phase.peek() === "stopping") this.phase.value = "stopped";
    if (before === null || !this.backward) return false;
    const typing = this.typedAt + TYPED_MS - performance.now();
    this.phase.value = typing > 0 ? "here" : "older";
    if (typing > 0) {
      await pause(typing);
      return true;
    }
    await readOlder(this.chat, OLDER_ROWS);
    // What came is drawn before it is looked at.
    await pause(0);
    if (this.chat.before.peek() !== before) return true;
    this.backward = false;
    this.phase.value = "failed";
    return false;
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => later(ms, done));

/** From `start` to the end, then from before it back to the beginning. */
function* outward(start: number, length: number): Iterable<number> {
  for (let at = start; at < length; at += 1) yield at;
  for (let at = start - 1; at >= 0; at -= 1) yield at;
}

const same = (a: readonly RowHits[], b: readonly RowHits[]): boolean => a.length === b.length && a.every((row, at) => row === b[at]);
