// Reads a picture or file of a message back from the gateway, so that it can go with another one.

/** The address itself is the permission; nothing else is sent with it. */
export async function readMedia(url: string, name: string): Promise<File> {
  if (!url.startsWith("/api/media/")) throw new Error(url);
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error((await answer.text()) || answer.statusText);
  const blob = await answer.blob();
  return new File([blob], name, { type: blob.type });
}
