// The words of the settings, apart from the page's others because they are read with the settings only.
import de from "./settings.de.json" with { type: "json" };
import en from "./settings.en.json" with { type: "json" };
import { language, regional, type Language } from "./text.ts";

export type SettingsKey = keyof typeof en;
const TEXTS: Record<Language, Record<SettingsKey, string>> = { en, de };

export function ts(key: SettingsKey, values: Record<string, string | number> = {}): string {
  return TEXTS[language.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** The same text in another language, to be found by either. */
export const inEnglish = (key: SettingsKey): string => en[key];

export const number = (n: number): string => new Intl.NumberFormat(language.value).format(n);
export const day = (date: string): string => new Intl.DateTimeFormat(regional(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
export const month = (date: string, width: "short" | "long"): string =>
  new Intl.DateTimeFormat(regional(), { month: width, ...(width === "long" ? { year: "numeric" } : {}), timeZone: "UTC" }).format(new Date(`${date.slice(0, 7)}-01T00:00:00Z`));
