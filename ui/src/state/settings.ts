// The gateway's settings: read once connected, replaced by what each change answers. The page never guesses them.
import { computed, effect, signal } from "@preact/signals";
import { readSettings } from "../wire/api.ts";
import { request } from "../wire/request.ts";
import type { Section } from "./settings-place.ts";
import type { FoundServer, PresetRow, Settings, TestResult } from "../wire/types.ts";

export const settings = signal<Settings | null>(null);
export const settingsWhy = signal<string | null>(null);
export const settingsOpen = signal<Section | null>(null);
const SKIPPED = "alcove.first-run-skipped";
export const firstRunSkipped = signal(window.localStorage.getItem(SKIPPED) === "1");

export const presets = computed<readonly PresetRow[]>(() => (settings.value?.model_presets ?? []).filter((preset) => preset.name !== "default"));
export const activePreset = computed(() => settings.value?.agent.model_preset ?? null);
/** Nothing chosen yet, and not waved away. */
export const firstRun = computed(() => settings.value !== null && activePreset.value === null && !firstRunSkipped.value);

const CHOSEN = "alcove.model-chosen";
const chosenBefore = window.localStorage.getItem(CHOSEN) === "1";
/** Not known yet whether this is a first run; someone who has been here before need not wait to find out. */
export const undecided = computed(() => settings.value === null && settingsWhy.value === null && !chosenBefore && !firstRunSkipped.value);
effect(() => {
  if (activePreset.value !== null) window.localStorage.setItem(CHOSEN, "1");
});

export function presetLabel(name: string | null): string {
  if (name === null) return "";
  const found = presets.value.find((preset) => preset.name === name);
  return found?.label || found?.name || name;
}

/** Where a preset's model runs, for people. */
export function providerLabel(name: string): string {
  const found = settings.value?.providers.find((one) => one.name === name);
  return found?.label || found?.api_base || name;
}

export const isDemo = (name: string | null): boolean => name === "demo";

let reading = 0;

export async function refreshSettings(): Promise<void> {
  const mine = ++reading;
  const before = settings.peek();
  try {
    const read = await readSettings();
    // A change that was answered meanwhile is newer than what was read.
    if (mine === reading && settings.peek() === before) settings.value = read;
    settingsWhy.value = null;
  } catch (error) {
    settingsWhy.value = error instanceof Error ? error.message : "";
  }
}

export function skipFirstRun(): void {
  firstRunSkipped.value = true;
  window.localStorage.setItem(SKIPPED, "1");
}

/** Every change answers with the whole settings, which then hold. */
export async function change(action: string, payload: object): Promise<void> {
  settings.value = await request<Settings>(action, payload);
}

export const choosePreset = (name: string) => change("settings.agent.update", { model_preset: name });
export const deletePreset = (name: string) => change("settings.model_configuration.delete", { name });
export const discover = async () => (await request<{ servers: FoundServer[] }>("models.discover", {})).servers;
export const testPreset = (name: string) => request<TestResult>("models.test", { name });
export const testAddress = (api_base: string, model: string, api_key: string) =>
  request<TestResult>("models.test", { api_base, model, ...(api_key ? { api_key } : {}) });

export type NewModel = { name: string; provider: string; model: string; context_window_tokens?: number };
export const createPreset = (model: NewModel) => change("settings.model_configuration.create", model);
export const updatePreset = (name: string, model: Partial<NewModel> & { new_name?: string }) => change("settings.model_configuration.update", { name, ...model });
export const createProvider = (name: string, api_base: string, api_key: string) =>
  change("settings.provider.create", { name, api_base, ...(api_key ? { api_key } : {}) });
export const updateProvider = (provider: string, fields: Record<string, unknown>) => change("settings.provider.update", { provider, ...fields });

const sameBase = (a: string, b: string) => a.replace(/\/+$/, "") === b.replace(/\/+$/, "");

/** The provider at this address, made when there is none; its name. */
export async function providerFor(label: string, api_base: string, api_key: string): Promise<string> {
  const at = () => settings.value?.providers.find((one) => sameBase(one.api_base ?? "", api_base));
  const known = at();
  if (known !== undefined) {
    if (api_key) await updateProvider(known.name, { api_key });
    return known.name;
  }
  await createProvider(freeName(label, settings.value?.providers.map((one) => one.name) ?? []), api_base, api_key);
  const made = at();
  if (made === undefined) throw new Error(api_base);
  return made.name;
}

export function freeName(wanted: string, taken: readonly string[]): string {
  const base = wanted.trim().slice(0, 44) || "model";
  if (!taken.includes(base)) return base;
  for (let n = 2; ; n += 1) if (!taken.includes(`${base} ${n}`)) return `${base} ${n}`;
}
