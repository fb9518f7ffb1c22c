// The words of what the agent does in a conversation: calls, what waits for a person, what a turn changed. Read with those parts.
import de from "./doing.de.json" with { type: "json" };
import en from "./doing.en.json" with { type: "json" };
import { language, type Language } from "./text.ts";

export type DoingKey = keyof typeof en;
const TEXTS: Record<Language, Record<DoingKey, string>> = { en, de };

export function td(key: DoingKey, values: Record<string, string | number> = {}): string {
  return TEXTS[language.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export const grouped = (n: number): string => new Intl.NumberFormat(language.value).format(n);
