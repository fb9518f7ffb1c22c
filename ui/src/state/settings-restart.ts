// Restarting the engine: through the native window, or with `/restart` from a browser; and how long it took. Survives a reload of the page.
import { computed, effect, signal } from "@preact/signals";
import { host, type EngineStatus } from "../wire/host.ts";
import { newId } from "../wire/id.ts";
import { boot, instance, link, send } from "../wire/socket.ts";
import { later } from "./clock.ts";
import { current } from "./route.ts";
import { refreshSettings, settings } from "./settings.ts";
import { words } from "./words.ts";

export type Restart = { state: "idle" } | { state: "under-way"; since: number } | { state: "done"; seconds: number } | { state: "failed"; why: string };

const KEPT = "alcove.restart";
/** A start that takes longer than this has failed. */
const LATEST_MS = 60_000;

export const restart = signal<Restart>({ state: "idle" });
/** What the native window says of the engine; null in a browser. */
export const engine = signal<EngineStatus | null>(null);
/** The sections whose changes hold after a restart. */
export const waitingSections = computed<readonly string[]>(() => settings.value?.restart_required_sections ?? []);
export const native = (): boolean => boot.value?.runtime_surface === "native" || host()?.restartEngine !== undefined;

type Begun = { since: number; instance: string | null };

function kept(): Begun | null {
  try {
    const read = JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null") as Begun | null;
    return read !== null && typeof read.since === "number" && Date.now() - read.since < LATEST_MS ? read : null;
  } catch {
    return null;
  }
}

function fail(why: string): void {
  window.sessionStorage.removeItem(KEPT);
  begun = null;
  restart.value = { state: "failed", why };
}

let begun: Begun | null = kept();
let calledOff = () => {};

function watch(): void {
  if (begun === null) return;
  restart.value = { state: "under-way", since: begun.since };
  calledOff();
  calledOff = later(LATEST_MS - (Date.now() - begun.since), () => restart.value.state === "under-way" && fail(""));
}

export function restartEngine(): void {
  if (restart.value.state === "under-way") return;
  begun = { since: Date.now(), instance: instance.peek() };
  window.sessionStorage.setItem(KEPT, JSON.stringify(begun));
  watch();
  const ask = host()?.restartEngine;
  if (ask !== undefined) void ask().catch((error: unknown) => fail(words(error)));
  else if (!send({ type: "message", chat_id: current.peek() ?? newId(), content: "/restart", turn_id: newId(), webui: true })) fail("");
}

export const dismissRestart = (): void => {
  restart.value = { state: "idle" };
};

let listening = false;

/** Begins to follow restarts; once, with the first view that shows them. */
export function followRestarts(): void {
  if (listening) return;
  listening = true;
  watch();
  host()?.onRuntimeStatus?.((status) => {
    engine.value = status.engine_status;
  });
  void host()?.getRuntimeInfo?.().then((info) => {
    engine.value ??= info.engine_status;
  }, () => {});
  effect(() => {
    const fresh = instance.value;
    if (link.value.state !== "open" || begun === null || fresh === null || fresh === begun.instance) return;
    const seconds = Math.max(0, (Date.now() - begun.since) / 1000);
    begun = null;
    window.sessionStorage.removeItem(KEPT);
    calledOff();
    restart.value = { state: "done", seconds };
    void refreshSettings();
  });
}
