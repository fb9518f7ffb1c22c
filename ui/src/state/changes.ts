// What the turns of the chat in front changed, and taking it back: read while the panel looks, again when the chat tells of changes, when a
// turn ends and after every undo. What was left alone stands here with its reasons until it is settled.
import { effect, signal } from "@preact/signals";
import { request } from "../wire/request.ts";
import { link } from "../wire/socket.ts";
import type { ChangeList, ChangeRefused, ChangesDone, TurnChanges } from "../wire/types.gen.ts";
import { heard } from "./heard.ts";
import { current } from "./route.ts";
import { words } from "./words.ts";

export type Here = { readonly chat: string; readonly phase: "loading" | "ready" | "error"; readonly turns: readonly TurnChanges[]; readonly why: string };
export const changes = signal<Here | null>(null);

let reading: string | null = null;
let again = false;

export async function readChanges(chat: string): Promise<void> {
  if (reading === chat) {
    again = true;
    return;
  }
  reading = chat;
  const before = changes.value;
  if (before?.chat !== chat) forget();
  if (before?.chat !== chat || before.phase === "error") changes.value = { chat, phase: "loading", turns: [], why: "" };
  let next: Here;
  try {
    const { turns } = await request<ChangeList>("changes.list", { chat_id: chat });
    next = { chat, phase: "ready", turns, why: "" };
  } catch (error) {
    next = { chat, phase: "error", turns: [], why: words(error) };
  }
  if (reading !== chat) return;
  reading = null;
  const known = changes.value;
  // What was read before is worth more than no list at all.
  if (known?.chat === chat && !(next.phase === "error" && known.phase === "ready")) changes.value = next;
  if (!again) return;
  again = false;
  void readChanges(chat);
}

function forget(): void {
  left.value = new Map();
  underway.value = new Set();
  undoneHunks.value = new Set();
}

/** Reads for the chat in front as long as somebody looks; the returned function ends that. */
export function watchChanges(): () => void {
  const hear = (event: { chat_id: string; event: string }) => {
    if (event.chat_id === current.peek() && (event.event === "changes" || event.event === "turn_end")) void readChanges(event.chat_id);
  };
  heard.add(hear);
  const ended = effect(() => {
    const id = current.value;
    if (id !== null && link.value.state === "open") void readChanges(id);
  });
  return () => {
    heard.delete(hear);
    ended();
  };
}

/** A turn, a file of it, or one hunk of the file. */
export type Target = { readonly turn: number; readonly path?: string; readonly hunk?: number };
export type Way = "revert" | "redo";
export const keyOf = (target: Target): string => `${target.turn} ${target.hunk ?? ""} ${target.path ?? ""}`;

/** What may be done over what stands there now: not what was never kept. */
export function forcible(what: Left): readonly ChangeRefused[] {
  const turn = changes.value?.turns.find((one) => one.turn === what.target.turn);
  return what.refused.filter(({ path }) => turn?.files.find((file) => file.path === path)?.too_big !== true);
}

/** What was not done, where it was asked for: files left alone, or the gateway's words for all of it. */
export type Left = { readonly target: Target; readonly way: Way; readonly refused: readonly ChangeRefused[]; readonly failed: string };
export const left = signal<ReadonlyMap<string, Left>>(new Map());
export const underway = signal<ReadonlySet<string>>(new Set());
/** Hunks taken back since the list was opened; the gateway tells only how the whole file stands. */
export const undoneHunks = signal<ReadonlySet<string>>(new Set());
/** Said once to a screen reader. */
export const outcome = signal<{ readonly way: Way; readonly done: number; readonly refused: number } | null>(null);

const without = <V>(map: ReadonlyMap<string, V>, key: string) => new Map([...map].filter(([one]) => one !== key));

export function forgetLeft(target: Target): void {
  left.value = without(left.value, keyOf(target));
}

export const undo = (chat: string, target: Target, way: Way): Promise<void> => ask(chat, target, way, (send) => send(target, false));

/** Does it to the files that were left alone, over what stands there now. */
export async function insist(chat: string, what: Left): Promise<void> {
  const { target, way } = what;
  await ask(chat, target, way, async (send) => {
    const done: string[] = [];
    const refused: ChangeRefused[] = [];
    for (const { path } of forcible(what)) {
      const one = await send({ ...target, path }, true);
      done.push(...one.done);
      refused.push(...one.refused);
    }
    return { done, refused };
  });
}

type Send = (target: Target, force: boolean) => Promise<ChangesDone>;

async function ask(chat: string, target: Target, way: Way, act: (send: Send) => Promise<ChangesDone>): Promise<void> {
  const key = keyOf(target);
  if (underway.value.has(key)) return;
  underway.value = new Set(underway.value).add(key);
  forgetLeft(target);
  const send: Send = (what, force) => request<ChangesDone>(`changes.${way}`, { chat_id: chat, ...what, ...(force ? { force } : {}) });
  try {
    const { done, refused } = await act(send);
    if (changes.peek()?.chat !== chat) return;
    if (refused.length > 0) left.value = new Map(left.value).set(key, { target, way, refused, failed: "" });
    if (done.length > 0) rememberHunk(target, way);
    outcome.value = { way, done: done.length, refused: refused.length };
  } catch (error) {
    // Another chat is in front: what stands here is about that one.
    if (changes.peek()?.chat !== chat) return;
    left.value = new Map(left.value).set(key, { target, way, refused: [], failed: words(error) });
  }
  underway.value = new Set([...underway.value].filter((one) => one !== key));
  await readChanges(chat);
}

function rememberHunk(target: Target, way: Way): void {
  const key = keyOf(target);
  const others = [...undoneHunks.value].filter((one) => (target.hunk === undefined ? !within(one, target) : one !== key));
  undoneHunks.value = new Set(target.hunk !== undefined && way === "revert" ? [...others, key] : others);
}

/** Whether a hunk's key lies in what a turn or a file names. */
function within(key: string, target: Target): boolean {
  const [turn, , ...path] = key.split(" ");
  return turn === String(target.turn) && (target.path === undefined || path.join(" ") === target.path);
}
