// One open line to the gateway: a WebSocket, or the host bridge of the native window, in one shape.
import type { Host, HostEvent } from "./host.ts";
import type { Bootstrap } from "./types.ts";

export type { Host } from "./host.ts";

export type Listener = { open: () => void; text: (data: string) => void; closed: (code: number) => void };
export type Channel = { send: (text: string) => void; close: () => void };

/** What a socket's address begins with when it leads through the host bridge. */
const OVER_HOST = /^(?:nanobot|alcove)-host:\/\//;

export function openChannel(boot: Bootstrap, listener: Listener): Channel {
  const host = window.alcoveHost;
  if (OVER_HOST.test(boot.ws_url) && host?.openSocket) return overHost(host, boot, listener);
  return overSocket(boot, listener);
}

/** Same-origin whatever the server thinks its name is: only the path is taken from it, so a proxy in front works. */
function socketAddress(boot: Bootstrap): string {
  const url = new URL(boot.ws_path || "/", window.location.href);
  url.protocol = window.location.protocol === "https:" ? "wss:" : "ws:";
  if (boot.token) url.searchParams.set("token", boot.token);
  return url.href;
}

function overSocket(boot: Bootstrap, listener: Listener): Channel {
  const socket = new WebSocket(socketAddress(boot));
  socket.onopen = listener.open;
  socket.onmessage = (message) => {
    if (typeof message.data === "string") listener.text(message.data);
  };
  socket.onclose = (event) => listener.closed(event.code);
  return { send: (text) => socket.send(text), close: () => socket.close() };
}

function overHost(host: Host, boot: Bootstrap, listener: Listener): Channel {
  let id: string | number | null = null;
  let over = false;
  const early: HostEvent[] = [];
  const take = (event: HostEvent) => {
    if (id === null) return void early.push(event);
    if (event.id !== id || over) return;
    if (event.type === "open") listener.open();
    else if (event.type === "message") listener.text(event.data ?? "");
    else if (event.type === "close") end(event.code ?? 1006);
  };
  const stop = host.onSocketEvent?.(take);
  const end = (code: number) => {
    if (over) return;
    over = true;
    stop?.();
    listener.closed(code);
  };
  const url = new URL(boot.ws_url);
  if (boot.token) url.searchParams.set("token", boot.token);
  host.openSocket?.(url.href).then(
    (given) => {
      id = given;
      early.splice(0).forEach(take);
    },
    () => end(1006),
  );
  return {
    send: (text) => {
      if (id !== null) host.sendSocket?.(id, text);
    },
    close: () => {
      if (id !== null && !over) host.closeSocket?.(id);
      end(1000);
    },
  };
}
