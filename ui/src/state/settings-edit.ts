// Edits of a form as an overlay on what the gateway says: a fresh reading replaces the ground and leaves what was typed. Plain data, no page.

/** What was typed, and what stood there when the typing began. */
export type Edit = { readonly value: string; readonly from: string };
export type Edits = Readonly<Record<string, Edit>>;
export type Ground = Readonly<Record<string, string>>;

/** Typing back what stands there is no edit. */
export function edit(edits: Edits, name: string, value: string, now: string): Edits {
  const { [name]: known, ...rest } = edits;
  if (value === now) return rest;
  return { ...rest, [name]: { value, from: known?.from ?? now } };
}

/** The names whose value would change, in the ground's order. */
export const changed = (edits: Edits, ground: Ground): string[] => Object.keys(ground).filter((name) => edits[name] !== undefined && edits[name].value !== ground[name]);

/** Someone else changed it meanwhile, to something else than was typed here. */
export function overtaken(edits: Edits, name: string, now: string): boolean {
  const mine = edits[name];
  return mine !== undefined && mine.from !== now && mine.value !== now;
}

/** After a save: what was sent is the ground now; what was typed since then stays an edit; what the form no longer asks for is gone. */
export function afterSave(edits: Edits, sent: Ground, ground: Ground): Edits {
  const asked = Object.entries(edits).filter(([name]) => ground[name] !== undefined);
  return Object.fromEntries(asked.flatMap(([name, one]) => (one.value === sent[name] ? [] : [[name, sent[name] === undefined ? one : { value: one.value, from: sent[name] }]])));
}
