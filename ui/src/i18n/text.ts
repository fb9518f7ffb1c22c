// The page's words: `t("key", {name})` in the chosen language. Both languages have every key (a test compares them).
import { signal } from "@preact/signals";
import de from "./de.json" with { type: "json" };
import en from "./en.json" with { type: "json" };

export type Key = keyof typeof en;
export type Language = "en" | "de";
const TEXTS: Record<Language, Record<Key, string>> = { en, de };
const KEPT = "alcove.language";

function first(): Language {
  if (typeof window === "undefined") return "en";
  const kept = window.localStorage.getItem(KEPT);
  if (kept === "en" || kept === "de") return kept;
  return navigator.language.startsWith("de") ? "de" : "en";
}

export const language = signal<Language>(first());

/** The language as it is written where the person lives: their system's kind of it, or the plain one. */
export const localeOf = (chosen: Language, known: readonly string[]): string => known.find((one) => one === chosen || one.startsWith(`${chosen}-`)) ?? chosen;
export const regional = () => localeOf(language.value, typeof navigator === "undefined" ? [] : navigator.languages);

export function chooseLanguage(choice: Language): void {
  language.value = choice;
  window.localStorage.setItem(KEPT, choice);
  document.documentElement.lang = choice;
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TEXTS[language.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** How long something took or has been taking. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return t("seconds", { n: seconds });
  return t("minutes", { m: Math.floor(seconds / 60), s: seconds % 60 });
}

/** Seconds as they are written here, with one digit behind the point. */
export function tenths(seconds: number): string {
  return new Intl.NumberFormat(language.value, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(seconds);
}

/** "now", "5m", "3h", "2d", then a date. */
export function ago(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return t("time.now");
  const short = (value: number, unit: "minute" | "hour" | "day") =>
    new Intl.NumberFormat(language.value, { style: "unit", unit, unitDisplay: "narrow" }).format(value);
  if (minutes < 60) return short(minutes, "minute");
  if (minutes < 60 * 24) return short(Math.floor(minutes / 60), "hour");
  if (minutes < 60 * 24 * 7) return short(Math.floor(minutes / 1440), "day");
  return new Intl.DateTimeFormat(regional(), { month: "short", day: "numeric" }).format(then);
}

export function fullTime(then: number): string {
  return new Intl.DateTimeFormat(regional(), { dateStyle: "medium", timeStyle: "short" }).format(then);
}

/** 1,234 → "1.2k": for counts of tokens. */
export function compact(n: number): string {
  return new Intl.NumberFormat(language.value, { notation: "compact", maximumFractionDigits: 1 }).format(n);
}
