// What the small OpenAI-compatible servers of the specs have in common: a free port, the list of models, a streamed answer.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Server = { base: string; close: () => Promise<void> };

export async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("no port");
  return {
    base: `http://127.0.0.1:${at.port}/v1`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function listModels(response: ServerResponse, ids: readonly string[]): void {
  const data = ids.map((id) => ({ id, object: "model" }));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ object: "list", data }));
}

export function stream(response: ServerResponse, deltas: readonly object[], why: "stop" | "tool_calls"): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const delta of deltas) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
  response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: why }] })}\n\n`);
  response.end("data: [DONE]\n\n");
}
