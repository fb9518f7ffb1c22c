// Which files fit the `@` word that is being written. One question is under way at a time; an answer to an older word is dropped.
import { batch, computed, effect, signal } from "@preact/signals";
import { t } from "../i18n/text.ts";
import { request } from "../wire/request.ts";
import type { FoundFile, FoundFiles } from "../wire/types.gen.ts";
import { announced } from "./app.ts";
import { later } from "./clock.ts";
import { setText, text } from "./compose.ts";
import { mentionAt, named } from "./mention.ts";
import { current } from "./route.ts";
import { scopeOf } from "./scope.ts";
import { words } from "./words.ts";

type Found = { readonly phase: "loading" | "ready" | "error"; readonly files: readonly FoundFile[]; readonly truncated: boolean; readonly query: string; readonly why: string };

const LOADING: Found = { phase: "loading", files: [], truncated: false, query: "", why: "" };
const PAUSE_MS = 120;

/** Where the caret stands, in which text: a text that came from elsewhere has none. */
const caret = signal<{ readonly at: number; readonly text: string } | null>(null);
/** The word whose list was closed, by where it begins. */
const shut = signal<number | null>(null);

const word = computed(() => (caret.value === null || caret.value.text !== text.value ? null : mentionAt(text.value, caret.value.at)));
const open = computed(() => (word.value === null || word.value.from === shut.value ? null : word.value));

/** What was found for the word; null: no list is open. */
export const found = signal<Found | null>(null);

export function moveCaret(at: number | null): void {
  caret.value = at === null ? null : { at, text: text.value };
}

export function typed(value: string, at: number): void {
  batch(() => {
    setText(value);
    moveCaret(at);
  });
}

/** Closes the list for this word; the next one has its own. */
export function shutMentions(): void {
  shut.value = word.value?.from ?? null;
}

/** Writes the file in the word's place and gives where the caret goes. */
export function takeFile(file: FoundFile): number | null {
  const here = open.value;
  if (here === null) return null;
  const next = named(text.value, here, file);
  batch(() => {
    typed(next.text, next.caret);
    if (!file.folder) shut.value = here.from;
  });
  return next.caret;
}

// It stays closed while its `@` stands there, also when the caret was elsewhere meanwhile.
effect(() => {
  const at = shut.value;
  if (at !== null && (text.value[at] !== "@" || (word.value !== null && word.value.from !== at))) shut.value = null;
});

/** Where is looked, and for what; as text, so that only another question is asked. */
const wanted = computed(() => {
  if (open.value === null) return null;
  const id = current.value;
  const scope = scopeOf(id);
  // The folder of a chat may change while its list is open.
  const place = id === null ? { workspace_scope: scope === null ? {} : { project_path: scope.project_path, access_mode: scope.access_mode } } : { chat_id: id };
  return JSON.stringify([{ ...place, query: open.value.query }, scope?.project_path]);
});

let due = () => {};
let asking = false;
let answered: string | null = null;

effect(() => {
  const now = wanted.value;
  due();
  if (now === null) {
    answered = null;
    found.value = null;
    return;
  }
  const first = found.peek() === null;
  if (first) found.value = LOADING;
  due = later(first ? 0 : PAUSE_MS, () => void ask());
});

async function ask(): Promise<void> {
  const now = wanted.peek();
  if (asking || now === null || now === answered) return;
  asking = true;
  const [payload] = JSON.parse(now) as [{ query: string }];
  let next: Found;
  try {
    const { files, truncated } = await request<FoundFiles>("files.find", payload);
    next = { phase: "ready", files, truncated, query: payload.query, why: "" };
  } catch (error) {
    next = { phase: "error", files: [], truncated: false, query: payload.query, why: words(error) };
  }
  asking = false;
  if (wanted.peek() !== now) return ask();
  answered = now;
  found.value = next;
  announced.value = next.files.length > 0 ? t("mention.count", { count: next.files.length }) : note(next);
}

/** What stands under the files, or in their place; empty: nothing. */
export function note(of: Found): string {
  if (of.phase === "loading") return t("mention.loading");
  if (of.phase === "error") return t("mention.failed", { why: of.why });
  if (of.files.length === 0) return of.query === "" ? t("mention.empty") : t(of.truncated ? "mention.noneYet" : "mention.none", { query: of.query });
  return of.truncated ? t("mention.more") : "";
}
