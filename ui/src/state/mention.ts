// A file or folder named with `@` in what is being written: the word the caret stands in, and the text with a path in its place.

export type Mention = { /** Where the `@` stands, and where the word ends. */ readonly from: number; readonly to: number; readonly query: string };

/** An `@` at a word's start and what stands between it and the caret; after `@"` blanks belong to it. */
const BEGUN = /(?:^|[\s([{])@(?:"([^"\n]*)|([^\s"]*))$/;
const REST = /^[\p{L}\p{N}._/-]*/u;
/** More than any path a person types; the gateway takes as much. */
const MOST = 400;

export function mentionAt(text: string, caret: number): Mention | null {
  const before = text.slice(0, caret);
  const found = BEGUN.exec(before);
  if (found === null) return null;
  const [whole, quoted, bare] = found;
  const query = quoted ?? bare ?? "";
  if (query.length > MOST) return null;
  const rest = quoted === undefined ? (REST.exec(text.slice(caret))?.[0].length ?? 0) : text[caret] === '"' ? 1 : 0;
  return { from: found.index + whole.indexOf("@"), to: caret + rest, query };
}

/** As it stands in a prompt; the end of a folder says that it is one. */
export function written(path: string, folder: boolean): string {
  const whole = folder ? `${path}/` : path;
  return /[\s"]/.test(whole) ? `@"${whole.replaceAll('"', '\\"')}"` : `@${whole}`;
}

/** The text with the path in the word's place. After a file one goes on writing, in a folder one goes on choosing. */
export function named(text: string, word: Mention, file: { readonly path: string; readonly folder: boolean }): { text: string; caret: number } {
  const name = written(file.path, file.folder);
  const after = text.slice(word.to);
  const end = word.from + name.length;
  const put = (between: string) => text.slice(0, word.from) + name + between + after;
  if (file.folder) return { text: put(""), caret: name.endsWith('"') ? end - 1 : end };
  if (after.startsWith(" ")) return { text: put(""), caret: end + 1 };
  if (after === "" || after.startsWith("\n")) return { text: put(" "), caret: end + 1 };
  return { text: put(""), caret: end };
}
