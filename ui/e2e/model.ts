// A model for the specs: its server lists two models and streams whatever the spec wants said.
import { during } from "./during.ts";
import { listen, listModels, stream, type Server } from "./server.ts";

export type Model = Server & { say: (text: string) => void };

export const withModel = (): (() => Model) => during(startModel, (model) => model.close());

async function startModel(): Promise<Model> {
  let text = "Hello from the small server.";
  const server = await listen((request, response) => {
    request.resume();
    if (request.url?.endsWith("/models")) listModels(response, ["small-one", "small-two"]);
    else if (request.url?.endsWith("/chat/completions")) stream(response, piecesOf(text), "stop");
    else response.writeHead(404).end();
  });
  return {
    ...server,
    say: (next) => {
      text = next;
    },
  };
}

const piecesOf = (text: string): { content: string }[] => (text.match(/[^]{1,7}/g) ?? []).map((content) => ({ content }));
