// A model's id for people: one that is a file's path is told by the file; `owner/model` stays whole.

const PATH = /^(?:[/~.]|[A-Za-z]:[\\/]|\\\\)|\.(?:gguf|bin|safetensors)$/;

export function modelLabel(id: string): string {
  if (!PATH.test(id)) return id;
  return id.split(/[\\/]/).findLast((part) => part !== "") ?? id;
}
