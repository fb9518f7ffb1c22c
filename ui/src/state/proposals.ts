// What waits for a person, in every chat: read from the gateway when a connection is up or a chat begins to wait, kept by what the chats tell.
import { computed, signal } from "@preact/signals";
import { isSilence, request } from "../wire/request.ts";
import type { Proposal, Proposals } from "../wire/types.gen.ts";
import type { ChatEvent } from "../wire/types.ts";
import { chat as openChat, type OpenChat } from "./chats.ts";
import { later } from "./clock.ts";
import { current } from "./route.ts";

export type { Proposal } from "../wire/types.gen.ts";

export const keyOf = (one: Pick<Proposal, "chat_id" | "proposal_id">): string => `${one.chat_id} ${one.proposal_id}`;

/** By key, the oldest first. */
const listed = signal<ReadonlyMap<string, Proposal>>(new Map());
/** Resolved while a list was on its way: it may still hold them. */
let resolvedMeanwhile: Set<string> | null = null;

/** False where the gateway kept silent. */
export async function readProposals(): Promise<boolean> {
  const resolved = new Set<string>();
  resolvedMeanwhile = resolved;
  try {
    const { proposals } = await request<Proposals>("proposal.list", {});
    if (resolvedMeanwhile === resolved) listed.value = new Map(proposals.filter((one) => !resolved.has(keyOf(one))).map((one) => [keyOf(one), one]));
  } catch (error) {
    // A gateway that cannot list them still tells of each in its chat.
    return !isSilence(error);
  } finally {
    if (resolvedMeanwhile === resolved) resolvedMeanwhile = null;
  }
  return true;
}

let due: (() => void) | null = null;

/** Several chats may begin to wait at once. */
export function readProposalsSoon(): void {
  due?.();
  due = later(150, () => void readProposals());
}

/** Takes what a chat tells. True when something new waits. */
export function takeProposal(event: ChatEvent): boolean {
  if (event.event === "proposal") {
    const { event: _event, at: _at, ...one } = event;
    const known = listed.value.get(keyOf(one))?.digest === one.digest;
    listed.value = new Map(listed.value).set(keyOf(one), one);
    return !known;
  }
  if (event.event === "proposal_resolved") settled(keyOf(event));
  return false;
}

export const isWaiting = (key: string): boolean => listed.peek().has(key);

/** It waits no longer. */
export function settled(key: string): void {
  resolvedMeanwhile?.add(key);
  if (!listed.value.has(key)) return;
  const next = new Map(listed.value);
  next.delete(key);
  listed.value = next;
}

/** What waits in one chat, as its conversation shows it. */
function inChat(chat: OpenChat): readonly Proposal[] {
  return chat.waits.value.flatMap((row) => chat.row(row)?.value.proposal ?? []);
}

/** Everything that waits: the chat in front first, each chat's in its order. */
export const queue = computed<readonly Proposal[]>(() => {
  const here = current.value;
  const all = new Map(listed.value);
  // The conversation in front knows best what waits in it.
  const known = here === null ? undefined : openChat(here);
  if (known !== undefined) for (const one of inChat(known)) all.set(keyOf(one), one);
  const list = [...all.values()].filter((one) => one.chat_id !== here || known === undefined || !isResolvedIn(known, one));
  const byTime = (a: Proposal, b: Proposal) => (a.created_at_ms ?? 0) - (b.created_at_ms ?? 0);
  return [...list.filter((one) => one.chat_id === here).sort(byTime), ...list.filter((one) => one.chat_id !== here).sort(byTime)];
});

function isResolvedIn(chat: OpenChat, one: Proposal): boolean {
  const row = chat.state.messages.findLast((message) => message.proposal?.proposal_id === one.proposal_id);
  return row?.resolution !== undefined && row.proposal?.digest === one.digest;
}

/** What waits in the chat in front. */
export const waitingHere = computed(() => queue.value.filter((one) => one.chat_id === current.value));

/** The queue as a whole, over the conversation. */
export const queueOpen = signal(false);
/** The proposal to bring into sight and to give the focus; its card takes it away again. */
export const jump = signal<{ readonly key: string } | null>(null);
let last = "";

/** Its conversation is in front, or soon will be. */
export function jumpTo(one: Proposal): void {
  last = keyOf(one);
  jump.value = { key: last };
}

const focused = () => document.activeElement?.closest<HTMLElement>("[data-proposal]")?.dataset.proposal;

/** From card to card of the conversation in front, from elsewhere to its first; where none waits there, to the queue. */
export function jumpOn(): void {
  const first = waitingHere.value[0];
  if (first !== undefined && focused() !== undefined) jumpBy(1);
  else if (first !== undefined) jumpTo(first);
  else if (queue.value.length > 0) queueOpen.value = true;
}

/** The next or the one before, from the one the focus is in. */
export function jumpBy(step: 1 | -1): void {
  const here = waitingHere.value;
  if (here.length === 0) return;
  const inside = focused();
  const at = here.findIndex((one) => keyOf(one) === (inside ?? last));
  const next = at < 0 ? (step > 0 ? 0 : here.length - 1) : (at + step + here.length) % here.length;
  const one = here[next];
  if (one !== undefined) jumpTo(one);
}
