// Which list stands open above the composer: the files of an `@` word, the `/` commands, or none.
import { useComputed, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { commands } from "../../state/commands.ts";
import { text } from "../../state/compose.ts";
import { found, shutMentions, takeFile } from "../../state/mentions.ts";
import { matching } from "../../state/plain.ts";
import { current } from "../../state/route.ts";
import { temporaryOf } from "../../state/temporary.ts";
import type { FoundFile } from "../../wire/types.gen.ts";
import { pickCommand, type How } from "./slash.tsx";

/** A list whose rows fit what is being written. */
export type Offer = { readonly name: "slash" | "mention"; readonly rows: number; take: (index: number, how: How) => void; close: () => void };

export function useOffer(area: RefObject<HTMLTextAreaElement | null>) {
  const at = useSignal(0);
  const shut = useSignal(false);
  const slash = useComputed(() => matching(commands.value, text.value, temporaryOf(current.value) !== undefined));
  const takeHere = (file: FoundFile) => {
    const to = takeFile(file);
    if (to === null || area.current === null) return;
    area.current.value = text.value;
    area.current.setSelectionRange(to, to);
  };
  const offer = useComputed<Offer | null>(() => {
    const files = found.value?.files;
    if (files !== undefined) return { name: "mention", rows: files.length, take: (index) => withRow(files[index], takeHere), close: shutMentions };
    const rows = slash.value;
    if (shut.value || rows.length === 0) return null;
    return { name: "slash", rows: rows.length, take: (index, how) => withRow(rows[index], (row) => pickCommand(row, how)), close: () => (shut.value = true) };
  });
  useLayoutEffect(() => {
    at.value = 0;
  }, [found.value?.files]);
  const reset = () => {
    at.value = 0;
    shut.value = false;
  };
  return { offer, slash, at, takeHere, reset };
}

function withRow<Row>(row: Row | undefined, take: (row: Row) => void): void {
  if (row !== undefined) take(row);
}

/** What a screen reader is told of the list that is open: the field has the focus, the list the choice. */
export function points(open: Offer | null, at: number) {
  if (open === null) return {};
  const rows = open.rows > 0 ? { "aria-controls": `${open.name}-menu`, "aria-activedescendant": `${open.name}-${at}` } : {};
  return { role: "combobox", "aria-expanded": open.rows > 0, "aria-autocomplete": "list", "aria-haspopup": "listbox", ...rows } as const;
}
