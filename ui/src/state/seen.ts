// Since when a call runs: the wire tells when it was asked for, and a call may wait for a person or for others before it begins.

const MOST = 200;
const seen = new Map<string, number>();

/** The moment it was first seen to run; `guess` when that was before this page could see it. */
export function runningSince(key: string, guess: number | undefined): number {
  const known = seen.get(key);
  if (known !== undefined) return known;
  const at = guess ?? Date.now();
  seen.set(key, at);
  const oldest = seen.size > MOST ? seen.keys().next().value : undefined;
  if (oldest !== undefined) seen.delete(oldest);
  return at;
}
