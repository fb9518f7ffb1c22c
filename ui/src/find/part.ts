// A text that can be found in a row, and where in the row it stands.

/**
 * `part`: "text", "text 2" (a stretch of a very long answer), "thought", "media 0" (the name of an attachment), "call ID", "edit ID PATH", and
 * with one of `INSIDE` before the same name what such a card shows when it is opened.
 */
export type Text = { readonly part: string; readonly text: string };

/** Between two things that do not belong together: nothing that is looked for goes across it. */
export const BREAK = "\u0000";

/** What a call was given and what came of it; why an edit failed and what it changed. */
export const INSIDE: ReadonlySet<string> = new Set(["script", "given", "out1", "out2", "result", "error", "wrong", "diff"]);
