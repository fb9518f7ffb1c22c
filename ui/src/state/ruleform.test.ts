// Forms as they are filled in, and the rules that come of them.
import { expect, test } from "vitest";
import { ruleOf, type Filled } from "./ruleform.ts";

const EMPTY: Filled = { effect: "allow", tool: "", path: "", command: "", host: "", span: "always", place: "" };

test.each([
  [{}, { effect: "allow", span: "always", subject: {} }],
  [{ tool: "command", command: " npm test * " }, { effect: "allow", span: "always", subject: { tool: "command", command: "npm test *" } }],
  [{ effect: "deny", path: "*.pem" }, { effect: "deny", span: "always", subject: { path: "*.pem" } }],
  [{ tool: "network", host: "example.org", path: "left/from/before" }, { effect: "allow", span: "always", subject: { tool: "network", host: "example.org" } }],
  [{ tool: "exec", command: "ls", host: "x" }, { effect: "allow", span: "always", subject: { tool: "exec", command: "ls" } }],
  [{ tool: "write_file", path: "docs/**" }, { effect: "allow", span: "always", subject: { tool: "write_file", path: "docs/**" } }],
  [{ span: "folder", place: " /home/me/code ", tool: "read" }, { effect: "allow", span: "folder", subject: { tool: "read" }, place: "/home/me/code" }],
  [{ span: "chat", place: "/not/this", tool: "read" }, { effect: "allow", span: "chat", subject: { tool: "read" }, place: "chat-1" }],
])("%j", (fields, rule) => {
  expect(ruleOf({ ...EMPTY, ...fields }, "chat-1")).toEqual(rule);
});
