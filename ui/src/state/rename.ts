// Giving a chat another name, in its row. The new name shows at once; the gateway's is read again if it did not take it.
import { signal } from "@preact/signals";
import { request } from "../wire/request.ts";
import { arrange, arrangement } from "./arrangement.ts";
import { keyOf } from "./lines.ts";
import { foldList, list, refreshSoon } from "./list.ts";
import { toastError } from "./toast.ts";

/** The line whose name is a field now. */
export const renaming = signal<string | null>(null);
/** As long as the gateway keeps them. */
export const TITLE_MOST = 160;

export const titleOf = (chatId: string): string => arrangement.value.title_overrides[keyOf(chatId)] ?? list.value.rows.find((row) => row.id === chatId)?.title ?? "";

/** A folder's name in the side bar; none: as the folder is called. */
export function renameProject(path: string, wanted: string): void {
  renaming.value = null;
  const name = wanted.replace(/\s+/g, " ").trim().slice(0, TITLE_MOST);
  const { [path]: old, ...rest } = arrangement.value.project_name_overrides;
  const own = path.split("/").at(-1);
  if (name !== (old ?? own)) arrange({ project_name_overrides: name === "" || name === own ? rest : { ...rest, [path]: name } });
}

export async function rename(chatId: string, wanted: string): Promise<void> {
  renaming.value = null;
  const title = wanted.replace(/\s+/g, " ").trim().slice(0, TITLE_MOST);
  if (title === "" || title === titleOf(chatId)) return;
  foldList({ event: "list.renamed", chatId, title });
  const { [keyOf(chatId)]: override, ...rest } = arrangement.value.title_overrides;
  if (override !== undefined) arrange({ title_overrides: rest });
  try {
    await request("session.rename", { key: keyOf(chatId), title });
  } catch (error) {
    toastError("rename.failed", error);
    refreshSoon();
  }
}
