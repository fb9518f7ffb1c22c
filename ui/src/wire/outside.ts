// Opens a link outside the window, after a scheme check; tells the native window about the first paint.

const ALLOWED = new Set(["https:", "http:", "mailto:"]);

/** The address when it may be opened, with the host to show; null for every other scheme. */
export function outsideLink(href: string): { href: string; host: string } | null {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  if (!ALLOWED.has(url.protocol)) return null;
  return { href: url.href, host: url.protocol === "mailto:" ? url.pathname : url.host };
}

/** True when the host took it; otherwise the browser follows the anchor itself. */
export function openOutside(href: string): boolean {
  const host = window.alcoveHost;
  if (!host?.openExternal) return false;
  host.openExternal(href);
  return true;
}

/** Runs once the page as it now stands is drawn: a message posted in a frame comes after that frame's paint. */
export function afterPaint(run: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      run();
    };
    port2.postMessage(null);
  });
}

export function reportPaint(): void {
  afterPaint(() => window.alcoveHost?.painted?.());
}
