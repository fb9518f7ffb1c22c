// The `/` commands the gateway offers, and which of them fit what stands in the composer.
import { signal } from "@preact/signals";
import { readCommands } from "../wire/api.ts";
import type { CommandRow } from "../wire/types.ts";

export const commands = signal<readonly CommandRow[]>([]);

export async function readCommandList(): Promise<void> {
  try {
    commands.value = await readCommands();
  } catch {
    // Without the list, commands can still be typed.
  }
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
