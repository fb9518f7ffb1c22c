// Keeps the settings what the gateway has while they are looked at: another client may change them, and no event tells.
import { refreshSettings } from "./settings.ts";

const EVERY_MS = 10_000;

/** Reads now, when the window is looked at again, and every few seconds; the returned function ends that. */
export function keepFresh(): () => void {
  const read = () => {
    if (!document.hidden) void refreshSettings();
  };
  read();
  const timer = window.setInterval(read, EVERY_MS);
  window.addEventListener("focus", read);
  document.addEventListener("visibilitychange", read);
  return () => {
    window.clearInterval(timer);
    window.removeEventListener("focus", read);
    document.removeEventListener("visibilitychange", read);
  };
}
