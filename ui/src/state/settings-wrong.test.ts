// The gateway's words in, the field they are about out.
import { expect, test } from "vitest";
import { fieldOf } from "./settings-wrong.ts";

const agent = [{ name: "timezone" }, { name: "tool_hint_max_length" }];
const search = [{ name: "provider" }, { name: "api_key" }, { name: "base_url" }, { name: "max_results" }, { name: "timeout" }, { name: "use_jina_reader" }];
const preset = [{ name: "name", also: ["configuration"] }, { name: "provider" }, { name: "model" }, { name: "max_tokens" }, { name: "context_window_tokens" }, { name: "temperature" }];
const provider = [{ name: "name", also: ["provider name", "provider"] }, { name: "api_base" }, { name: "api_key" }, { name: "api_type" }, { name: "extra_headers" }, { name: "extra_body" }];
const image = [{ name: "provider" }, { name: "default_aspect_ratio", also: ["aspect ratio"] }, { name: "default_image_size", also: ["size"] }, { name: "max_images_per_turn" }];

test.each([
  [agent, "timezone is required", "timezone"],
  [agent, "invalid timezone", "timezone"],
  [agent, "tool_hint_max_length must be between 20 and 500", "tool_hint_max_length"],
  [search, "unknown web search provider", "provider"],
  [search, "base_url is required", "base_url"],
  [search, "use_jina_reader must be boolean", "use_jina_reader"],
  [preset, "configuration name is required", "name"],
  [preset, "configuration already exists", "name"],
  [preset, "unknown model configuration", "name"],
  [preset, "model is required", "model"],
  [preset, "provider does not support chat models", "provider"],
  [preset, "context_window_tokens must be an integer", "context_window_tokens"],
  [preset, "temperature must be between 0 and 2", "temperature"],
  [provider, "provider name must be 80 characters or fewer", "name"],
  [provider, "API base is required", "api_base"],
  [provider, "provider already exists", "name"],
  [provider, "api_type must be auto, chat_completions, or responses", "api_type"],
  [provider, "extra_headers must be a JSON object", "extra_headers"],
  [image, "unsupported image generation aspect ratio", "default_aspect_ratio"],
  [image, "unsupported image generation size", "default_image_size"],
  [image, "image generation provider is not configured", "provider"],
  [agent, "WebUI mutation failed", null],
  [agent, "", null],
] as const)("%#: %s", (fields, message, name) => {
  expect(fieldOf(message, fields)).toBe(name);
});
