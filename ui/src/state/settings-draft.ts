// The forms of the settings while they are filled in: what was typed, whether it is being saved, and what the gateway said was wrong.
// They outlive the view, so looking elsewhere loses nothing.
import { computed, signal } from "@preact/signals";
import { later } from "./clock.ts";
import { afterSave, changed, edit, type Edits, type Ground } from "./settings-edit.ts";
import type { Section } from "./settings-place.ts";
import { fieldOf, type Named } from "./settings-wrong.ts";
import { words } from "./words.ts";

/** How long "Saved" stands. */
const SAID_MS = 3_000;

export type Wrong = { readonly field: string | null; readonly text: string };

export class Draft {
  readonly edits = signal<Edits>({});
  readonly phase = signal<"idle" | "saving" | "saved">("idle");
  readonly wrong = signal<Wrong | null>(null);

  constructor(readonly section: Section) {}

  value(name: string, now: string): string {
    return this.edits.value[name]?.value ?? now;
  }

  set(name: string, value: string, now: string): void {
    this.edits.value = edit(this.edits.value, name, value, now);
    if (this.wrong.value?.field === name) this.wrong.value = null;
    if (this.phase.value === "saved") this.phase.value = "idle";
  }

  drop(name?: string): void {
    const { [name ?? ""]: _gone, ...rest } = this.edits.value;
    this.edits.value = name === undefined ? {} : rest;
    if (name === undefined || this.wrong.value?.field === name) this.wrong.value = null;
  }

  /** True once the gateway took it. A refusal stands beside its field, and everything typed stays. */
  async save(ground: Ground, fields: readonly Named[], send: (values: Ground) => Promise<unknown>): Promise<boolean> {
    if (this.phase.value === "saving") return false;
    const sent = Object.fromEntries(changed(this.edits.value, ground).map((name) => [name, this.value(name, ground[name] ?? "")]));
    this.phase.value = "saving";
    this.wrong.value = null;
    try {
      await send(sent);
    } catch (error) {
      const text = words(error);
      this.wrong.value = { field: fieldOf(text, fields), text };
      this.phase.value = "idle";
      return false;
    }
    this.edits.value = afterSave(this.edits.value, sent, ground);
    this.phase.value = "saved";
    later(SAID_MS, () => {
      if (this.phase.value === "saved") this.phase.value = "idle";
    });
    return true;
  }
}

const drafts = new Map<string, Draft>();
/** Counts the forms there are; those that depend on all of them look again. */
const made = signal(0);

/** The form of that name, begun when there is none; `section` is where it stands. */
export function draft(section: Section, name: string = section): Draft {
  const known = drafts.get(name);
  if (known !== undefined) return known;
  const fresh = new Draft(section);
  drafts.set(name, fresh);
  queueMicrotask(() => {
    made.value += 1;
  });
  return fresh;
}

export function forget(name: string): void {
  drafts.delete(name);
  made.value += 1;
}

/** The sections with something typed and not saved. */
export const unsaved = computed(() => {
  const open = made.value > 0 ? [...drafts.values()] : [];
  return new Set(open.filter((one) => Object.keys(one.edits.value).length > 0).map((one) => one.section));
});
