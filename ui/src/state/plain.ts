// Small rules of the chats as data, without a page: names of files, paths, what is looked for, which commands fit, where a fork begins.
import type { CommandRow, Message } from "../wire/types.ts";

type Format = "markdown" | "jsonl" | "html";
const ENDINGS: Record<Format, string> = { markdown: "md", jsonl: "jsonl", html: "html" };

export function fileName(title: string, format: Format): string {
  const name = [...title].filter((letter) => letter > "\u001f" && !'\\/:*?"<>|'.includes(letter)).join("").trim().slice(0, 80);
  return `${name.replace(/^\.+/, "") || "chat"}.${ENDINGS[format]}`;
}

/** A path as people write it. */
export function tilde(path: string): string {
  return path.replace(/^\/(?:home|Users)\/[^/]+(?=\/|$)/, "~").replace(/^\/root(?=\/|$)/, "~");
}

/** The path, or as much of its end as fits a line. */
export function shortPath(path: string): string {
  const whole = tilde(path);
  return whole.length <= 36 ? whole : `…/${whole.split("/").slice(-2).join("/").slice(-34)}`;
}

/** A file's size as people say it. */
export function fileSize(bytes: number): string {
  const [value, unit] = bytes < 1024 ? [bytes, "B"] : bytes < 1024 * 1024 ? [bytes / 1024, "kB"] : [bytes / (1024 * 1024), "MB"];
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit}`;
}

/** How well a text answers to what is looked for; 0: not at all. Words may come in any order. */
export function score(text: string, wanted: string): number {
  const low = text.toLowerCase();
  let sum = 1;
  for (const word of wanted.toLowerCase().split(/\s+/)) {
    if (word === "") continue;
    const at = low.indexOf(word);
    if (at < 0) return 0;
    sum += at === 0 ? 4 : /\W/.test(low[at - 1] ?? "") ? 2 : 1;
  }
  return sum;
}

/** How many prompts stand before this row, in the whole chat. */
export function promptsBefore(entry: { promptsBefore: number; state: { messages: readonly Message[] } }, rowId: string): number {
  let count = entry.promptsBefore;
  for (const row of entry.state.messages) {
    if (row.id === rowId) return count;
    if (row.role === "user") count += 1;
  }
  return count;
}

/** The prompt before or after a row; `from` null: from the end. Null: there is none among these. */
export function promptFrom(rows: readonly Message[], from: string | null, step: 1 | -1): Message | null {
  const at = from === null ? rows.length : rows.findIndex((row) => row.id === from);
  const isPrompt = (row: Message) => row.role === "user";
  return (step > 0 ? rows.slice(at + 1).find(isPrompt) : rows.slice(0, Math.max(0, at)).findLast(isPrompt)) ?? null;
}

/** All that a temporary chat understands. */
const IN_TEMPORARY = new Set(["/model", "/stop"]);

/** The commands a text may be the beginning of; none once its arguments are being written. */
export function matching(all: readonly CommandRow[], text: string, temporary: boolean): readonly CommandRow[] {
  if (!/^\/[a-z-]*$/i.test(text)) return [];
  const wanted = text.slice(1).toLowerCase();
  const fits = all.filter((row) => !temporary || IN_TEMPORARY.has(row.command));
  const begins = fits.filter((row) => row.command.slice(1).startsWith(wanted));
  const holds = fits.filter((row) => !begins.includes(row) && wanted.length > 1 && (row.command.includes(wanted) || row.title.toLowerCase().includes(wanted)));
  return [...begins, ...holds];
}

/** The command whose arguments are being written, for its hint. */
export function writing(all: readonly CommandRow[], text: string): CommandRow | undefined {
  const found = /^(\/[a-z-]+)(\s+\S*)?$/i.exec(text);
  if (found === null || found[2] === undefined) return undefined;
  return found[2].trim() === "" ? all.find((row) => row.command === found[1] && row.arg_hint !== "") : undefined;
}
