// An OpenAI-compatible server for the specs that calls tools: turn by turn it gives the replies it was handed, whatever it is asked.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** Words, or calls of tools by name with their arguments. */
export type Reply = string | readonly (readonly [string, object])[];
export type ToolModel = { base: string; plan: (...replies: Reply[]) => void; close: () => Promise<void> };

export async function startToolModel(): Promise<ToolModel> {
  let replies: Reply[] = [];
  let made = 0;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url?.endsWith("/models")) return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ object: "list", data: [{ id: "tool-one", object: "model" }] }));
      // What is asked without tools is no turn: a title, a test.
      const reply = body.includes('"tools"') ? (replies.shift() ?? "That is all.") : "Tools";
      stream(response, typeof reply === "string" ? [{ content: reply }] : [{ tool_calls: reply.map(([name, given], index) => ({ index, id: `call_${(made += 1)}`, type: "function", function: { name, arguments: JSON.stringify(given) } })) }], typeof reply === "string" ? "stop" : "tool_calls");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("no port");
  return {
    base: `http://127.0.0.1:${at.port}/v1`,
    plan: (...next) => {
      replies = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

function stream(response: ServerResponse, deltas: readonly object[], why: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const delta of deltas) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
  response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: why }] })}\n\n`);
  response.end("data: [DONE]\n\n");
}
