// Answering what waits: what is being written in a card, what was sent, and what the gateway said to it.
import { signal, type Signal } from "@preact/signals";
import { td } from "../i18n/doing.ts";
import { isSilence, request } from "../wire/request.ts";
import type { Answered, RuleSpan, RuleSubject } from "../wire/types.gen.ts";
import { isWaiting, keyOf, readProposals, settled, type Proposal } from "./proposals.ts";
import { toast } from "./toast.ts";
import { words } from "./words.ts";

/** What a card shows beneath its text. */
export type Step = "choose" | "rule" | "edit" | "reject";
/** Kept outside the card: a conversation draws only what is near. */
export type Draft = { readonly step: Step; readonly reason: string; readonly text: string; readonly command: string; readonly rule: number; readonly span: RuleSpan };

const FRESH: Draft = { step: "choose", reason: "", text: "", command: "", rule: 0, span: "chat" };
const drafts = new Map<string, Signal<Draft>>();

/** A changed proposal is another one: what was written for it does not count any more. */
export function draftOf(one: Proposal): Signal<Draft> {
  const key = `${keyOf(one)} ${one.digest}`;
  const known = drafts.get(key);
  if (known !== undefined) return known;
  const made = signal<Draft>({ ...FRESH, command: one.command?.script ?? "" });
  drafts.set(key, made);
  return made;
}

export type Answer = {
  readonly answer: "accept" | "reject";
  readonly reason?: string;
  readonly text?: string;
  readonly command?: string;
  readonly rule?: { readonly effect: "allow" | "deny"; readonly span: RuleSpan; readonly subject: RuleSubject };
};

/** Answers under way. */
export const answering = signal<ReadonlySet<string>>(new Set());
/** Answers of which it is not known whether they counted: the gateway has kept silent. */
export const doubted = signal<ReadonlySet<string>>(new Set());
/** Why an answer did not count, by proposal. */
export const said = signal<ReadonlyMap<string, string>>(new Map());

const say = (key: string, why: string | null) => {
  const next = new Map(said.value);
  if (why === null) next.delete(key);
  else next.set(key, why);
  said.value = next;
};

export const answer = (one: Proposal, given: Answer): Promise<void> => answerAll([one], given);

/** The same answer to several at once. Each counts for what was shown of it, or not at all. */
export async function answerAll(list: readonly Proposal[], given: Answer): Promise<void> {
  const open = list.filter((one) => !answering.value.has(keyOf(one)));
  if (open.length === 0) return;
  const keys = open.map(keyOf);
  answering.value = new Set([...answering.value, ...keys]);
  for (const key of keys) say(key, null);
  const answers = open.map((one) => ({ chat_id: one.chat_id, proposal_id: one.proposal_id, digest: one.digest, ...given }));
  try {
    const { answered } = await request<Answered>("proposal.answer", { answers });
    answered.forEach((one, at) => {
      const key = keys[at] ?? "";
      if (one.state !== "open") settled(key);
      if (one.why === undefined) return;
      // Where the card is gone, it is said beside.
      if (one.state === "open") say(key, one.why);
      else toast(td("answer.notCounted", { why: one.why }), undefined, true);
    });
  } catch (error) {
    if (isSilence(error)) await learn(keys);
    else for (const key of keys) say(key, words(error));
  }
  answering.value = new Set([...answering.value].filter((key) => !keys.includes(key)));
}

/** Asks until the gateway says what still waits. It takes what one window sends in its order, so that the answers are behind it by then. */
async function learn(keys: readonly string[]): Promise<void> {
  doubted.value = new Set([...doubted.value, ...keys]);
  for (let told = false; !told; ) told = await readProposals();
  doubted.value = new Set([...doubted.value].filter((key) => !keys.includes(key)));
  for (const key of keys) if (isWaiting(key)) say(key, td("answer.stillOpen"));
}
