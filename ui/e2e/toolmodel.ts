// A model for the specs that calls tools: turn by turn it gives the replies it was handed, whatever it is asked.
import type { IncomingMessage } from "node:http";
import { during } from "./during.ts";
import { listen, listModels, stream, type Server } from "./server.ts";

/** Words, or calls of tools by name with their arguments. */
export type Reply = string | readonly (readonly [string, object])[];
export type ToolModel = Server & { plan: (...replies: Reply[]) => void };

export const withToolModel = (): (() => ToolModel) => during(startToolModel, (model) => model.close());

async function startToolModel(): Promise<ToolModel> {
  let replies: Reply[] = [];
  let made = 0;
  const call = ([name, given]: readonly [string, object], index: number) => ({ index, id: `call_${(made += 1)}`, type: "function", function: { name, arguments: JSON.stringify(given) } });
  const server = await listen((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url?.endsWith("/models")) return listModels(response, ["tool-one"]);
      // What is asked without tools is no turn: a title, a test.
      const reply = body.includes('"tools"') ? (replies.shift() ?? "That is all.") : "Tools";
      if (typeof reply === "string") stream(response, [{ content: reply }], "stop");
      else stream(response, [{ tool_calls: reply.map(call) }], "tool_calls");
    });
  });
  return {
    ...server,
    plan: (...next) => {
      replies = next;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
