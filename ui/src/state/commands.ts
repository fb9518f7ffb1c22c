// The `/` commands the gateway offers.
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
