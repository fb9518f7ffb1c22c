// The output of a command whose turn does not tell it any more: one in the background, or one that has ended. Asked for while somebody looks.
import { signal, type Signal } from "@preact/signals";
import { request } from "../wire/request.ts";
import type { CommandOutput } from "../wire/types.gen.ts";
import { later } from "./clock.ts";

/** `skipped`: bytes of the channel before its text. */
export type Tail = { readonly channel: number; readonly text: string; readonly skipped: number };
export type Tailed = { readonly tails: readonly Tail[]; /** Null until it was asked once. */ readonly running: boolean | null };

const EVERY_MS = 1_500;
const CHANNELS = [1, 2] as const;
const encoder = new TextEncoder();

/** The most lines the gateway gives at once. */
const ALL = 5_000;
/** Where the gateway left the middle out, it says so in a line of its own. */
const LEFT_OUT = /^… ([\d,]+) bytes? left out …\n/m;

/** How many bytes of the channel stand before this text. */
export function skippedOf(text: string, bytes: number): number {
  const gap = LEFT_OUT.exec(text);
  const said = gap === null ? 0 : Number(gap[1]?.replaceAll(",", "")) - encoder.encode(gap[0]).length;
  return Math.max(0, bytes - said - encoder.encode(text).length);
}

async function read(chat_id: string, path: string, lines: { lines?: number }): Promise<Tailed> {
  const all = await Promise.all(CHANNELS.map((channel) => request<CommandOutput>("command.output", { chat_id, path, channel, ...lines }).catch(() => null)));
  const told = all.filter((one) => one !== null);
  const tails = told.filter((one) => one.text !== "").map(({ channel, text, bytes }) => ({ channel, text, skipped: skippedOf(text, bytes) }));
  return { tails, running: told.some((one) => one.running) };
}

/** `whole`: asks for as much as the gateway gives; null once it was asked for. */
export type Tailing = { readonly now: Signal<Tailed>; readonly whole: Signal<(() => void) | null>; readonly end: () => void };

/** Asks again and again while the command runs, until `end` is called. */
export function tailing(chat: string, path: string): Tailing {
  const now = signal<Tailed>({ tails: [], running: null });
  const whole = signal<(() => void) | null>(() => {
    whole.value = null;
    off();
    void ask();
  });
  let over = false;
  let off = () => {};
  const ask = async () => {
    const next = await read(chat, path, whole.peek() === null ? { lines: ALL } : {});
    if (over) return;
    now.value = next;
    if (next.running === true) off = later(EVERY_MS, () => void ask());
  };
  void ask();
  return {
    now,
    whole,
    end: () => {
      over = true;
      off();
    },
  };
}
