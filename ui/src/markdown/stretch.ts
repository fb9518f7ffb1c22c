// How a very long answer is cut into stretches, which are drawn only near the visible part.

/** Blocks in one stretch; shorter answers are not cut at all. */
export const CHUNK = 24;
export const CUT_FROM = 4 * CHUNK;
