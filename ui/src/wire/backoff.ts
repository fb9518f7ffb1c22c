// How long to wait before the n-th try to reconnect: half a second doubled each time, 15 s at most, with jitter.

export const LONGEST_MS = 15_000;

/** `chance` is in [0, 1); the wait lies between 75 % and 100 % of the step. */
export function backoffMs(attempt: number, chance: number): number {
  const step = Math.min(500 * 2 ** attempt, LONGEST_MS);
  return Math.round(step * (0.75 + 0.25 * chance));
}
