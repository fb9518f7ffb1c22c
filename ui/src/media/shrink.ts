// Makes a picture smaller: its longest edge first, then its quality, until it fits. Runs in a worker, or in the page where there is none.

const EDGE = 2048;
/** A picture whose best form is still too large is tried as these. */
const FORMS: [string, number][] = [
  ["image/webp", 0.9],
  ["image/jpeg", 0.88],
  ["image/jpeg", 0.72],
];

export type Asked = { file: Blob; most: number };
export type Told = { ok: true; blob: Blob } | { ok: false };

/** The picture in at most `most` bytes; throws where it cannot be read or made small enough. */
export async function shrink(asked: Asked): Promise<Blob> {
  const bitmap = await createImageBitmap(asked.file, { imageOrientation: "from-image" });
  const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const own: [string, number] = [asked.file.type, 0.92];
  for (const [type, quality] of [own, ...FORMS]) {
    const blob = await canvas.convertToBlob({ type, quality });
    // A form the browser cannot write comes back as another one.
    if (blob.type === type && blob.size <= asked.most) return blob;
  }
  throw new Error("still too large");
}

const ENDINGS: Record<string, string> = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

/** The name with the ending of what the picture has become. */
export function renamed(name: string, type: string): string {
  const ending = ENDINGS[type];
  return ending === undefined ? name : `${name.replace(/\.[A-Za-z0-9]+$/, "")}.${ending}`;
}
