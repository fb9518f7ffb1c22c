// Buttons that let something happen: not at once, not by a held key, not by a shortcut.
import { expect, test } from "vitest";
import { ARM_MS, Arming, isHeldPress, letterOf, type Pressed } from "./arming.ts";

const key = (name: string, more: Partial<Pressed> = {}): Pressed => ({ key: name, repeat: false, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false, ...more });

test("armed 300 ms after it appeared, and again after each disturbance", () => {
  const arming = new Arming(1_000);
  expect([arming.isArmed(1_000), arming.isArmed(1_000 + ARM_MS - 1), arming.isArmed(1_000 + ARM_MS)]).toEqual([false, false, true]);
  arming.disturb(2_000);
  expect([arming.isArmed(2_100), arming.isArmed(2_000 + ARM_MS)]).toEqual([false, true]);
});

test.each([
  [key("a"), "a"],
  [key("a", { repeat: true }), null],
  [key("a", { ctrlKey: true }), null],
  [key("a", { metaKey: true }), null],
  [key("A", { shiftKey: true }), null],
  [key("a", { isComposing: true }), null],
  [key("Enter"), null],
  [key("ä"), null],
])("%j stands for %j", (event, letter) => expect(letterOf(event)).toBe(letter));

test("a held Enter or blank presses nothing", () => {
  expect([key("Enter", { repeat: true }), key(" ", { repeat: true }), key("Enter"), key("a", { repeat: true })].map(isHeldPress)).toEqual([true, true, false, false]);
});
