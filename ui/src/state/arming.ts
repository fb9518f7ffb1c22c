// When a button that lets something happen may be pressed: some time after it appeared, after the focus came to it, and after anything around
// it moved, so that a key or a click meant for something else never presses it.

export const ARM_MS = 300;

export class Arming {
  private since: number;

  constructor(now: number) {
    this.since = now;
  }

  /** It appeared, moved, or the focus came in. */
  disturb(now: number): void {
    this.since = now;
  }

  isArmed(now: number): boolean {
    return now - this.since >= ARM_MS;
  }
}

/** What of a key event decides whether it may press something. */
export type Pressed = Pick<KeyboardEvent, "key" | "repeat" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing">;

/** The letter of a key that stands for a button; null while it is held down, composes, or is part of a shortcut. */
export function letterOf(event: Pressed): string | null {
  if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return null;
  return /^[a-z]$/i.test(event.key) && !event.shiftKey ? event.key.toLowerCase() : null;
}

/** A held key must not press a button again and again. */
export const isHeldPress = (event: Pressed): boolean => event.repeat && (event.key === "Enter" || event.key === " ");
