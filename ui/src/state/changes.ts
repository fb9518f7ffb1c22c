// What the turns of the chat in front changed, and taking it back: read while the panel looks, again when the chat tells of changes, when a
// turn ends and after every undo. What was left alone stands here with its reasons until it is settled.
import { effect, signal } from "@preact/signals";
import { request } from "../wire/request.ts";
import { link } from "../wire/socket.ts";
import type { ChangedFile, ChangeList, ChangeRefused, ChangesDone, TurnChanges } from "../wire/types.gen.ts";
import { heard } from "./heard.ts";
import { current } from "./route.ts";
import { restOf, type Way } from "./ways.ts";
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
    const known = (turn: number) => (before?.chat === chat ? (before.turns.find((one) => one.turn === turn)?.files.length ?? 0) : 0);
    next = { chat, phase: "ready", turns: await Promise.all(turns.map((turn) => grown(chat, turn, known(turn.turn)))), why: "" };
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

/** A turn with so many of its files, as far as there are any: they are answered a page at a time. */
async function grown(chat: string, turn: TurnChanges, files: number): Promise<TurnChanges> {
  let all = turn;
  while (all.more !== undefined && all.files.length < files) {
    const { turns } = await request<ChangeList>("changes.list", { chat_id: chat, turn: turn.turn, from: all.files.length });
    const next = turns[0];
    if (next === undefined || next.files.length === 0) break;
    all = { ...next, files: [...all.files, ...next.files] };
  }
  return all;
}

/** Reads more files of a turn, until so many are known. */
export async function readFiles(chat: string, turn: number, files: number): Promise<void> {
  const before = changes.peek()?.turns.find((one) => one.turn === turn);
  if (before === undefined) return;
  const after = await grown(chat, before, files);
  const here = changes.peek();
  if (here?.chat === chat) changes.value = { ...here, turns: here.turns.map((one) => (one === before ? after : one)) };
}

function forget(): void {
  left.value = new Map();
  underway.value = new Set();
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

/** A turn, a file of it, or one hunk of the file; with a step, what was overwritten when that was forced. */
export type Target = { readonly turn: number; readonly path?: string; readonly hunk?: number; readonly step?: number };
/** Where it stands: what was overwritten stands with what it was overwritten for. */
export const keyOf = (target: Target): string => `${target.turn} ${target.hunk ?? ""} ${target.path ?? ""}`;

/** What was not done, where it was asked for: files left alone, or the gateway's words for all of it; and what is to be known of what was
 * done: notes, and the step that brings back what was overwritten. */
export type Left = {
  readonly target: Target;
  readonly way: Way;
  readonly refused: readonly ChangeRefused[];
  readonly done: number;
  readonly notes: readonly string[];
  readonly step: number | null;
  readonly failed: string;
};
export const left = signal<ReadonlyMap<string, Left>>(new Map());
export const underway = signal<ReadonlySet<string>>(new Set());
/** Said once to a screen reader. */
export const outcome = signal<{ readonly way: Way; readonly done: readonly string[]; readonly refused: number } | null>(null);

const without = <V>(map: ReadonlyMap<string, V>, key: string) => new Map([...map].filter(([one]) => one !== key));

export function forgetLeft(target: Target): void {
  left.value = without(left.value, keyOf(target));
}

export const undo = (chat: string, target: Target, way: Way): Promise<void> => ask(chat, target, way, (send) => send(target, false));

/** Does it over what stands there now; the gateway keeps that. */
export const insist = (chat: string, { target, way }: Left): Promise<void> => ask(chat, target, way, (send) => send(target, true));

/** Brings back what was overwritten. */
export const restore = (chat: string, target: Target, step: number): Promise<void> => undo(chat, { ...target, step }, "revert");

/** Does it to the files of a turn that nothing stands in the way of; the others stay as they are. */
export async function doRest(chat: string, what: Left): Promise<void> {
  const { target, way, refused } = what;
  await ask(chat, target, way, async (send) => {
    await readFiles(chat, target.turn, Infinity);
    const rest = await oneByOne(send, target, restOf(filesOf(target), refused, way));
    return { ...rest, refused: [...refused, ...rest.refused] };
  });
}

/** How many files of a turn nothing stands in the way of; those that are not read yet are among them. */
export function restCount({ target, refused, way }: Left): number {
  const files = filesOf(target);
  const known = new Set(files.map((file) => file.path));
  const more = changes.value?.turns.find((one) => one.turn === target.turn)?.more ?? 0;
  return restOf(files, refused, way).length + Math.max(0, more - refused.filter((one) => !known.has(one.path)).length);
}

export const filesOf = (target: Target): readonly ChangedFile[] => changes.value?.turns.find((one) => one.turn === target.turn)?.files ?? [];

async function oneByOne(send: Send, target: Target, paths: readonly string[]): Promise<ChangesDone> {
  const all = { done: [] as string[], refused: [] as ChangeRefused[], notes: [] as string[] };
  for (const path of paths) {
    const one = await send({ ...target, path }, false);
    all.done.push(...one.done);
    all.refused.push(...one.refused);
    all.notes.push(...(one.notes ?? []));
  }
  return all;
}

type Send = (target: Target, force: boolean) => Promise<ChangesDone>;

/** A step is brought back as a whole: all of it was overwritten at once. */
const payloadOf = ({ turn, step, ...rest }: Target) => (step === undefined ? { turn, ...rest } : { turn, step });

async function ask(chat: string, target: Target, way: Way, act: (send: Send) => Promise<ChangesDone>): Promise<void> {
  const key = keyOf(target);
  if (underway.value.has(key)) return;
  underway.value = new Set(underway.value).add(key);
  forgetLeft(target);
  const tell = (what: Omit<Left, "target" | "way">) => (left.value = new Map(left.value).set(key, { target, way, ...what }));
  const send: Send = (what, force) => request<ChangesDone>(`changes.${way}`, { chat_id: chat, ...payloadOf(what), ...(force ? { force } : {}) });
  try {
    const { done, refused, notes = [], step = null } = await act(send);
    if (changes.peek()?.chat !== chat) return;
    if (refused.length > 0 || notes.length > 0 || step !== null) tell({ refused, done: done.length, notes, step, failed: "" });
    outcome.value = { way, done, refused: refused.length };
  } catch (error) {
    // Another chat is in front: what stands here is about that one.
    if (changes.peek()?.chat !== chat) return;
    tell({ refused: [], done: 0, notes: [], step: null, failed: words(error) });
  }
  underway.value = new Set([...underway.value].filter((one) => one !== key));
  await readChanges(chat);
}
