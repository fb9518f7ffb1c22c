// The page's one connection: opens, reopens with growing waits, hands events on in arrival order, keeps requests across a reopen.
import { signal } from "@preact/signals";
import { backoffMs } from "./backoff.ts";
import { bootstrap, Refused } from "./bootstrap.ts";
import { openChannel, type Channel } from "./channel.ts";
import { EVERY_MS, heardAt, look, type Beat } from "./heartbeat.ts";
import type { Bootstrap, ChatEvent, HomeEvent } from "./types.ts";

export type Link =
  | { state: "connecting"; first: boolean }
  | { state: "open" }
  | { state: "waiting"; until: number; attempt: number; why: string }
  | { state: "refused"; why: string };

export type AnyEvent = ChatEvent | HomeEvent;

export const link = signal<Link>({ state: "connecting", first: true });
export const boot = signal<Bootstrap | null>(null);
/** Since when an open connection owes an answer; null: it does not. */
export const silentSince = signal<number | null>(null);
export const instance = signal<string | null>(null);

type Hooks = { ready: () => void; event: (event: AnyEvent) => void; closed: (code: number) => void };
/** How long the gateway may take from connection to `ready`. */
const GREETING_MS = 10_000;
let hooks: Hooks = { ready: () => {}, event: () => {}, closed: () => {} };
let channel: Channel | null = null;
let open = false;
let attempt = 0;
let timer = 0;
let generation = 0;
let beat: Beat = heardAt(0);
let watch = 0;

export function start(given: Hooks): void {
  hooks = given;
  void connect();
  window.addEventListener("online", retryNow);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) retryNow();
  });
}

/** Tries at once when the page is waiting; does nothing while a connection is up or being made. */
export function retryNow(): void {
  if (link.value.state !== "waiting") return;
  window.clearTimeout(timer);
  void connect();
}

/** After a new secret was given. */
export function connectAgain(): void {
  attempt = 0;
  void connect();
}

/** False when there is no open connection; the caller keeps what it wanted to send. */
export function send(frame: object): boolean {
  if (!open || channel === null) return false;
  channel.send(JSON.stringify(frame));
  return true;
}

/** Every event is a sign of life. */
function heard(): void {
  beat = heardAt(Date.now());
  silentSince.value = null;
}

/** `watch` is answered at once, whatever else the gateway is asked for. */
function listen(): void {
  const seen = look(beat, Date.now());
  beat = seen.beat;
  silentSince.value = seen.silentSince;
  if (seen.ask) send({ type: "watch" });
}

function deafen(): void {
  window.clearInterval(watch);
  silentSince.value = null;
}

async function connect(): Promise<void> {
  const mine = ++generation;
  deafen();
  channel?.close();
  channel = null;
  link.value = { state: "connecting", first: boot.value === null };
  try {
    const given = await bootstrap();
    if (mine !== generation) return;
    boot.value = given;
    timer = window.setTimeout(() => mine === generation && !open && giveUp(), GREETING_MS);
    channel = openChannel(given, {
      open: () => {},
      text: (data) => mine === generation && receive(data),
      closed: (code) => mine === generation && lost(code),
    });
  } catch (error) {
    if (mine !== generation) return;
    if (error instanceof Refused) link.value = { state: "refused", why: error.message };
    else wait(error instanceof Error ? error.message : "");
  }
}

function receive(data: string): void {
  let event: AnyEvent;
  try {
    event = JSON.parse(data) as AnyEvent;
  } catch {
    return;
  }
  if (typeof event !== "object" || event === null || typeof event.event !== "string") return;
  heard();
  if (event.event === "ready") {
    open = true;
    window.clearTimeout(timer);
    attempt = 0;
    instance.value = event.instance ?? null;
    link.value = { state: "open" };
    watch = window.setInterval(listen, EVERY_MS);
    hooks.ready();
    return;
  }
  (event as { at?: number }).at = Date.now();
  hooks.event(event);
}

/** The line opened and nothing came: begin again. */
function giveUp(): void {
  generation += 1;
  channel?.close();
  lost(1006);
}

function lost(code: number): void {
  open = false;
  channel = null;
  deafen();
  window.clearTimeout(timer);
  hooks.closed(code);
  wait("");
}

function wait(why: string): void {
  const ms = backoffMs(attempt, Math.random());
  attempt += 1;
  link.value = { state: "waiting", until: Date.now() + ms, attempt, why };
  timer = window.setTimeout(() => void connect(), ms);
}
