// The line through the native window's bridge: early events are kept, foreign ones ignored, the end told once.
import { afterEach, expect, test, vi } from "vitest";
import { openChannel, type Host } from "./channel.ts";
import type { Bootstrap } from "./types.ts";

const boot = { token: "one use", ws_path: "/", ws_url: "nanobot-host://engine/" } as Bootstrap;
afterEach(() => vi.unstubAllGlobals());

function fakeHost() {
  let tell: Parameters<NonNullable<Host["onSocketEvent"]>>[0] = () => {};
  let resolve: (id: string) => void = () => {};
  const said: string[] = [];
  const host: Host = {
    openSocket: (url) => (said.push(`open ${url}`), new Promise((done) => (resolve = done))),
    sendSocket: (id, text) => said.push(`send ${id} ${text}`),
    closeSocket: (id) => said.push(`close ${id}`),
    onSocketEvent: (cb) => ((tell = cb), () => said.push("unsubscribed")),
  };
  vi.stubGlobal("window", { alcoveHost: host, location: { href: "alcove://localhost/" } });
  const heard: string[] = [];
  const channel = openChannel(boot, { open: () => heard.push("open"), text: (data) => heard.push(data), closed: (code) => heard.push(`closed ${code}`) });
  return { said, heard, channel, tell: (event: Parameters<typeof tell>[0]) => tell(event), resolve: (id: string) => resolve(id) };
}

test("events that come before the id is known are kept, others' events are not ours", async () => {
  const line = fakeHost();
  line.tell({ id: "7", type: "open" });
  line.tell({ id: "7", type: "message", data: "early" });
  line.tell({ id: "8", type: "message", data: "not ours" });
  line.resolve("7");
  await vi.waitFor(() => expect(line.heard).toEqual(["open", "early"]));
  line.channel.send("hello");
  line.tell({ id: "7", type: "close", code: 1012 });
  line.tell({ id: "7", type: "message", data: "late" });
  expect(line.heard).toEqual(["open", "early", "closed 1012"]);
  expect(line.said).toEqual(["open nanobot-host://engine/?token=one+use", "send 7 hello", "unsubscribed"]);
});

test("closing tells the host, and the page once", async () => {
  const line = fakeHost();
  line.resolve("7");
  await Promise.resolve();
  await Promise.resolve();
  line.channel.close();
  line.channel.close();
  line.tell({ id: "7", type: "close", code: 1000 });
  expect(line.heard).toEqual(["closed 1000"]);
});
