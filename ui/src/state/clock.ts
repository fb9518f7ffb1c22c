// The page's only clocks: `second` ticks while someone reads it, `minute` drives relative times.
import { signal } from "@preact/signals";

function ticking(ms: number) {
  let timer = 0;
  return signal(Date.now(), {
    watched() {
      this.value = Date.now();
      timer = window.setInterval(() => {
        this.value = Date.now();
      }, ms);
    },
    unwatched() {
      window.clearInterval(timer);
    },
  });
}

export const second = ticking(250);
export const minute = ticking(30_000);

/** Runs once after `ms`; the returned function calls it off. */
export function later(ms: number, run: () => void): () => void {
  const timer = window.setTimeout(run, ms);
  return () => window.clearTimeout(timer);
}
