// Which field the gateway's words are about: the one whose name stands in them. Plain data, no page.

export type Named = { readonly name: string; /** Other words the gateway uses for it. */ readonly also?: readonly string[] };

const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, " ").trim();

/** The field's name; null when the words name none. The longest name wins, so `api_base` is not taken for `api`. */
export function fieldOf(message: string, fields: readonly Named[]): string | null {
  const said = ` ${plain(message)} `;
  let best: { name: string; length: number } | null = null;
  for (const field of fields)
    for (const word of [field.name, ...(field.also ?? [])].map(plain))
      if (word !== "" && said.includes(` ${word} `) && word.length > (best?.length ?? 0)) best = { name: field.name, length: word.length };
  return best?.name ?? null;
}
