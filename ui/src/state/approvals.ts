// What is asked about everywhere, the rules, and how commands are held: read when somebody looks, replaced by what each change answers.
import { signal } from "@preact/signals";
import { request } from "../wire/request.ts";
import type { ApprovalPreset, Approvals, RuleEffect, RuleRow, RuleSpan, RuleSubject } from "../wire/types.gen.ts";
import { settingsOpen } from "./settings.ts";
import { words } from "./words.ts";

export const approvals = signal<Approvals | null>(null);
/** Why they could not be read; null: they could, or were not asked for. */
export const approvalsWhy = signal<string | null>(null);

/** Opens the page where rules stand: from every "why was this asked?". */
export function openApprovals(): void {
  settingsOpen.value = "approvals";
}

export async function readApprovals(): Promise<void> {
  const before = approvals.peek();
  try {
    const read = await request<Approvals>("approvals.get", {});
    // A change that was answered meanwhile is newer than what was read.
    if (approvals.peek() === before) approvals.value = read;
    approvalsWhy.value = null;
  } catch (error) {
    approvalsWhy.value = words(error);
  }
}

async function change(action: string, payload: object): Promise<void> {
  approvals.value = await request<Approvals>(action, payload);
}

export type NewRule = { readonly effect: RuleEffect; readonly span: RuleSpan; readonly subject: RuleSubject; readonly place?: string };
export const choosePreset = (preset: ApprovalPreset): Promise<void> => change("approvals.update", { preset });
export const addRule = (rule: NewRule): Promise<void> => change("rule.add", rule);

/** The rule that was removed last; it can be added again. */
export const removed = signal<RuleRow | null>(null);

export async function removeRule(rule: RuleRow): Promise<void> {
  await change("rule.remove", { id: rule.id });
  removed.value = rule;
}

export async function putBack(): Promise<void> {
  const rule = removed.value;
  if (rule === null) return;
  const { effect, span, subject, place } = rule;
  await addRule({ effect, span, subject, ...(place === undefined ? {} : { place }) });
  removed.value = null;
}
