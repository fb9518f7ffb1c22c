// Asks a worker to make a picture smaller, so that the page stays quick; where workers cannot start, the page does it.
import address from "./shrink.worker.ts?worker&url";
import { shrink, type Asked, type Told } from "./shrink.ts";

type Policy = { createScriptURL: (url: string) => string };
type Trusted = { createPolicy: (name: string, rules: Policy) => Policy };
let policy: Policy | null = null;

/** The page's policy asks that addresses of scripts pass through here: only the worker's own does. */
function trusted(url: string): string {
  const types = (window as { trustedTypes?: Trusted }).trustedTypes;
  if (types === undefined) return url;
  policy ??= types.createPolicy("app", {
    createScriptURL: (given) => {
      if (given !== address) throw new TypeError("not the page's own script");
      return given;
    },
  });
  return policy.createScriptURL(url);
}

function inWorker(asked: Asked): Promise<Told> {
  return new Promise((done, failed) => {
    const worker = new Worker(trusted(address), { type: "module" });
    worker.onmessage = (message: MessageEvent<Told>) => {
      worker.terminate();
      done(message.data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      failed(new Error(event.message));
    };
    worker.postMessage(asked);
  });
}

/** Null when the picture cannot be read or made small enough. */
export async function smaller(file: Blob, most: number): Promise<Blob | null> {
  let told: Told;
  try {
    told = await inWorker({ file, most });
  } catch {
    return shrink({ file, most }).catch(() => null);
  }
  return told.ok ? told.blob : null;
}
