// What was used by day, read when someone looks at it.
import { computed, signal } from "@preact/signals";
import { readUsage, type UsageDay, type UsageSummary } from "../wire/settings.ts";
import { heat, months, type Day } from "./settings-heat.ts";
import { words } from "./words.ts";

export const usage = signal<UsageSummary | null>(null);
export const usageWhy = signal<string | null>(null);

const plainDay = (day: UsageDay): Day => ({ date: day.date, tokens: day.total_tokens, requests: day.requests });
const days = computed(() => (usage.value?.days ?? []).map(plainDay));
/** The day it is here, as the gateway writes days. */
const today = () => new Intl.DateTimeFormat("en-CA", { dateStyle: "short" }).format(Date.now());
export const calendar = computed(() => heat(days.value, days.value.reduce((latest, day) => (day.date > latest ? day.date : latest), today())));
export const byMonth = computed(() => months(days.value));

export async function refreshUsage(): Promise<void> {
  usageWhy.value = null;
  try {
    usage.value = await readUsage();
  } catch (error) {
    usageWhy.value = words(error);
  }
}
