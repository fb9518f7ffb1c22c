// A small OpenAI-compatible server for the specs: lists two models and streams whatever the spec wants said.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Model = { base: string; say: (text: string) => void; close: () => Promise<void> };

export async function startModel(): Promise<Model> {
  let text = "Hello from the small server.";
  const server = createServer((request, response) => answer(request, response, text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("no port");
  return {
    base: `http://127.0.0.1:${at.port}/v1`,
    say: (next) => {
      text = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, text: string): void {
  request.resume();
  if (request.url?.endsWith("/models")) {
    const data = ["small-one", "small-two"].map((id) => ({ id, object: "model" }));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ object: "list", data }));
    return;
  }
  if (!request.url?.endsWith("/chat/completions")) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let from = 0; from < text.length; from += 7) {
    const chunk = { choices: [{ index: 0, delta: { content: text.slice(from, from + 7) } }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`);
  response.end("data: [DONE]\n\n");
}
