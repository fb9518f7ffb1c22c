// What a person unfolded in a conversation: rows far from what is in sight are not there, and come back as they were left.

/** The oldest are folded again. */
const MOST = 500;
const open = new Set<string>();

export const isUnfolded = (key: string): boolean => open.has(key);

export function setUnfolded(key: string, unfolded: boolean): void {
  open.delete(key);
  if (unfolded) open.add(key);
  const oldest = open.size > MOST ? open.keys().next().value : undefined;
  if (oldest !== undefined) open.delete(oldest);
}
