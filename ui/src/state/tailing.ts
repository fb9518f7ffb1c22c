// The output of a command whose turn no longer tells it: one in the background. Asked for while somebody looks.
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

async function read(chat_id: string, path: string): Promise<Tailed> {
  const all = await Promise.all(CHANNELS.map((channel) => request<CommandOutput>("command.output", { chat_id, path, channel }).catch(() => null)));
  const told = all.filter((one) => one !== null);
  const tails = told.filter((one) => one.text !== "").map(({ channel, text, bytes }) => ({ channel, text, skipped: Math.max(0, bytes - encoder.encode(text).length) }));
  return { tails, running: told.some((one) => one.running) };
}

export type Tailing = { readonly now: Signal<Tailed>; readonly end: () => void };

/** Asks again and again while the command runs, until `end` is called. */
export function tailing(chat: string, path: string): Tailing {
  const now = signal<Tailed>({ tails: [], running: null });
  let over = false;
  let off = () => {};
  const ask = async () => {
    const next = await read(chat, path);
    if (over) return;
    now.value = next;
    if (next.running === true) off = later(EVERY_MS, () => void ask());
  };
  void ask();
  return {
    now,
    end: () => {
      over = true;
      off();
    },
  };
}
