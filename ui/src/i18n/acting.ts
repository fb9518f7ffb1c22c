// The words of what the agent does and did to files and commands: the changes panel and the chip of how a chat acts. Read with those parts.
import de from "./acting.de.json" with { type: "json" };
import en from "./acting.en.json" with { type: "json" };
import { areFolders } from "../state/standing.ts";
import { language, type Language } from "./text.ts";

export type ActingKey = keyof typeof en;
const TEXTS: Record<Language, Record<ActingKey, string>> = { en, de };

export function ta(key: ActingKey, values: Record<string, string | number> = {}): string {
  return TEXTS[language.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** "1 file", "12 files". */
export const files = (n: number): string => ta(n === 1 ? "files.one" : "files.many", { n: new Intl.NumberFormat(language.value).format(n) });

/** "12 files", or "2 folders" where the gateway names nothing but folders. */
export function counted(paths: readonly string[]): string {
  if (!areFolders(paths)) return files(paths.length);
  return ta(paths.length === 1 ? "folders.one" : "folders.many", { n: new Intl.NumberFormat(language.value).format(paths.length) });
}
