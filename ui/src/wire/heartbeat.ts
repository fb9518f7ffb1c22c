// Whether the gateway still answers: after a while of quiet it is asked for something harmless, and an answer that does not come is told. Pure.

/** When it was last heard, when it was asked since, and when this was last looked at. */
export type Beat = { readonly heard: number; readonly asked: number | null; readonly looked: number };

/** How often it is looked at. */
export const EVERY_MS = 2_500;
/** Quiet for so long, it is asked. */
const QUIET_MS = 10_000;
/** An answer that takes longer is told as missing. */
const ANSWER_MS = 5_000;
/** Looked at so late, it was the page that stood still: in a hidden window, or asleep with its machine. */
const STOOD_STILL_MS = 4 * EVERY_MS;

export const heardAt = (now: number): Beat => ({ heard: now, asked: null, looked: now });

/** What to do now; `silentSince`: since when it owes an answer. */
export function look(beat: Beat, now: number): { readonly beat: Beat; readonly ask: boolean; readonly silentSince: number | null } {
  if (now - beat.looked > STOOD_STILL_MS) return { beat: { ...beat, asked: now, looked: now }, ask: true, silentSince: null };
  if (beat.asked === null) {
    const ask = now - beat.heard >= QUIET_MS;
    return { beat: { ...beat, asked: ask ? now : null, looked: now }, ask, silentSince: null };
  }
  return { beat: { ...beat, looked: now }, ask: false, silentSince: now - beat.asked >= ANSWER_MS ? beat.asked : null };
}
