// The parts of the page that its first paint does without: each is a chunk of its own, read right after that paint or when it is needed.
import { effect, signal } from "@preact/signals";
import { later } from "../state/clock.ts";
import { afterPaint } from "../wire/outside.ts";
import { link } from "../wire/socket.ts";

class Part<M> {
  /** Null until it is here. */
  readonly here = signal<M | null>(null);
  /** It could not be read; it is asked for again with the next connection. */
  readonly failed = signal(false);
  private asked = false;

  constructor(private readonly read: () => Promise<M>) {}

  load(): void {
    if (this.asked) return;
    this.asked = true;
    this.read().then(
      (module) => {
        this.here.value = module;
      },
      () => {
        this.asked = false;
        this.failed.value = true;
      },
    );
  }
}

export const markdown = new Part(() => import("../markdown/markdown.tsx"));
export const firstRunPage = new Part(() => import("./firstrun.tsx"));
export const restartBanner = new Part(() => import("./settings/restartbanner.tsx"));
export const settingsDialog = new Part(() => import("./settings/dialog.tsx"));

/** What the agent does and did: the changes panel, how the chat acts. */
export const acting = new Part(() => import("./panel/parts.ts"));
/** What the agent does in a conversation: details of calls, what waits for a person, what a turn changed. */
export const doing = new Part(() => import("./doing/parts.ts"));
/** Finding in a chat. */
export const find = new Part(() => import("../find/bar.tsx"));
export const overlays = new Part(() => import("./overlay/overlays.tsx"));

/** A window that is covered is not drawn, and must still have its parts. */
const LATEST_MS = 400;
let begun = false;

/** After the first paint: what the next moment may need, the likeliest first. */
export function loadPartsSoon(): void {
  afterPaint(loadParts);
  later(LATEST_MS, loadParts);
}

function loadParts(): void {
  if (begun) return;
  begun = true;
  markdown.load();
  effect(() => {
    if (link.value.state !== "open") return;
    markdown.load();
    doing.load();
    settingsDialog.load();
    overlays.load();
    acting.load();
    find.load();
  });
}
