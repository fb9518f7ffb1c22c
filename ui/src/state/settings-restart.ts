// Restarting the engine: through the native window, or with `/restart` from a browser; and how long it took. Survives a reload of the page.
import { computed, effect, signal } from "@preact/signals";
import { host, type EngineStatus } from "../wire/host.ts";
import { newId } from "../wire/id.ts";
import { request } from "../wire/request.ts";
import { instance, link, send } from "../wire/socket.ts";
import { later } from "./clock.ts";
import { refreshSoon } from "./list.ts";
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

let calledOff = () => {};
/** `chat` only carried the order, and goes again. */
type Begun = { since: number; instance: string | null; chat?: string };

function kept(): Begun | null {
  try {
    const read = JSON.parse(window.sessionStorage.getItem(KEPT) ?? "null") as Begun | null;
    return read !== null && typeof read.since === "number" && Date.now() - read.since < LATEST_MS ? read : null;
  } catch {
    return null;
  }
}

let begun: Begun | null = kept();

function over(): void {
  const chat = begun?.chat;
  window.sessionStorage.removeItem(KEPT);
  begun = null;
  calledOff();
  if (chat !== undefined) void request("session.delete", { key: `websocket:${chat}` }).then(refreshSoon, () => {});
}

function fail(why: string): void {
  over();
  restart.value = { state: "failed", why };
}

function watch(): void {
  if (begun === null) return;
  restart.value = { state: "under-way", since: begun.since };
  calledOff();
  calledOff = later(LATEST_MS - (Date.now() - begun.since), () => restart.value.state === "under-way" && fail(""));
}

export function restartEngine(): void {
  if (restart.value.state === "under-way") return;
  const ask = host()?.restartEngine;
  begun = { since: Date.now(), instance: instance.peek(), ...(ask === undefined ? { chat: newId() } : {}) };
  window.sessionStorage.setItem(KEPT, JSON.stringify(begun));
  watch();
  if (ask !== undefined) void ask().catch((error: unknown) => fail(words(error)));
  else if (!send({ type: "message", chat_id: begun.chat, content: "/restart", turn_id: newId(), webui: true })) fail("");
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
    over();
    restart.value = { state: "done", seconds };
    void refreshSettings();
  });
}
