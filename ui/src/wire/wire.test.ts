// The wire's small rules as data: waits between tries, which links may open, what a pasted address holds.
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";
import { secretFromPaste } from "./bootstrap.ts";
import { outsideLink } from "./outside.ts";

test("waits double from half a second to fifteen, with a quarter of jitter", () => {
  expect([0, 1, 2, 3, 4, 5, 9].map((n) => backoffMs(n, 1))).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000]);
  expect(backoffMs(3, 0)).toBe(3000);
});

test.each([
  ["https://example.com/a?b", "example.com"],
  ["http://127.0.0.1:8080/", "127.0.0.1:8080"],
  ["mailto:me@example.com", "me@example.com"],
])("%s opens outside and shows its host", (href, host) => {
  expect(outsideLink(href)?.host).toBe(host);
});

test.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "alcove://localhost/", "//example.com", "/api/settings", "#x", ""])(
  "%j is no link",
  (href) => {
    expect(outsideLink(href)).toBeNull();
  },
);

test.each([
  ["http://127.0.0.1:4000/#/?bootstrapSecret=abcdef123456", "abcdef123456"],
  ["  abcdef123456  ", "abcdef123456"],
  ["short", null],
  ["http://127.0.0.1:4000/", null],
])("%j holds %j", (text, secret) => {
  expect(secretFromPaste(text)).toBe(secret);
});
