// Starts the headless gateway named by ALCOVE_GATEWAY_BIN (its launch address comes on stdout), or uses the one at ALCOVE_URL.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { during } from "./during.ts";

type Scripted = { readonly address: string; end: () => Promise<void> };
/** It stands still between the two, and its connections with it. */
type Frozen = { freeze: () => void; thaw: () => void };
export type Gateway = Scripted & { kill: () => Promise<void>; again: () => Promise<string> };

const binary = process.env.ALCOVE_GATEWAY_BIN;
/** The development fixture keeps nothing, so it cannot show a restart. */
export const canRestart = binary !== undefined && !binary.endsWith("mock.mjs");

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const at = probe.address();
  probe.close();
  await once(probe, "close");
  if (at === null || typeof at === "string") throw new Error("no port");
  return at.port;
}

async function serve(port: number, data: string | null, preset: string | null, program = binary as string): Promise<{ child: ChildProcess; address: string }> {
  const args = ["serve", "--listen", `127.0.0.1:${port}`, ...(data === null ? [] : ["--data", data]), ...(preset === null ? [] : ["--model", preset])];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const found = /http:\/\/\S+bootstrapSecret=\S+/.exec(line);
    if (found) {
      child.stdout.resume();
      return { child, address: found[0] };
    }
  }
  throw new Error("the gateway ended without telling its address");
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

/** Null: nothing chosen yet, so the page begins with its first run. */
export const withGateway = (preset: string | null): (() => Gateway) => during(() => startGateway(preset), (gateway) => gateway.end());

/** The development fixture, whose agent does the same things each time. */
export const withScripted = (): (() => Scripted & Frozen) => during(() => startScripted(tmpdir()), (gateway) => gateway.end());

/** The same with chats in it, one of them of ten thousand messages. */
export const withFilled = (): (() => Scripted & Frozen) => during(() => startScripted(null), (gateway) => gateway.end());

async function startScripted(data: string | null): Promise<Scripted & Frozen> {
  const { child, address } = await serve(await freePort(), data, "demo", path.join(import.meta.dirname, "../dev/mock.mjs"));
  return {
    address,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    // What stands still hears no other signal.
    end: () => (child.kill("SIGCONT"), ended(child, "SIGTERM")),
  };
}

async function startGateway(preset: string | null): Promise<Gateway> {
  if (binary === undefined) {
    const address = process.env.ALCOVE_URL;
    if (address === undefined) throw new Error("set ALCOVE_GATEWAY_BIN or ALCOVE_URL");
    return { address, kill: async () => {}, again: async () => address, end: async () => {} };
  }
  const data = await mkdtemp(path.join(tmpdir(), "alcove-e2e-"));
  const port = await freePort();
  let running = await serve(port, data, preset);
  return {
    get address() {
      return running.address;
    },
    kill: () => ended(running.child, "SIGKILL"),
    again: async () => {
      running = await serve(port, data, preset);
      return running.address;
    },
    end: async () => {
      await ended(running.child, "SIGTERM");
      await rm(data, { recursive: true, force: true });
    },
  };
}
