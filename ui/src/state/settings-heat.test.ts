// Days in, a calendar out.
import { expect, test } from "vitest";
import { heat, levelOf, months, WEEKS, type Day } from "./settings-heat.ts";

const day = (date: string, tokens: number, requests = 1): Day => ({ date, tokens, requests });

test("53 weeks of seven days, Monday first, ending with today", () => {
  const { weeks } = heat([], "2026-11-21"); // a Saturday
  expect(weeks).toHaveLength(WEEKS);
  expect(weeks.slice(0, -1).every((week) => week.length === 7)).toBe(true);
  expect(weeks.at(-1)).toHaveLength(6);
  expect(weeks.at(-1)?.at(-1)?.date).toBe("2026-11-21");
  expect(weeks[0]?.[0]?.date).toBe("2025-11-17");
  expect(weeks.every((week) => new Date(`${week[0]?.date}T00:00:00Z`).getUTCDay() === 1)).toBe(true);
});

test.each([["2026-11-16", 1], ["2026-11-22", 7], ["2024-02-29", 4]])("the week of %s has %i days so far", (today, length) => {
  expect(heat([], today).weeks.at(-1)).toHaveLength(length);
});

test("days land in their cells; what is older or not yet counts for nothing", () => {
  const { weeks } = heat([day("2026-11-20", 400), day("2026-11-21", 100), day("2020-01-01", 9_999_999), day("2026-12-24", 9_999_999)], "2026-11-21");
  const cells = weeks.flat().filter((cell) => cell.tokens > 0);
  expect(cells.map(({ date, tokens, level }) => [date, tokens, level])).toEqual([["2026-11-20", 400, 4], ["2026-11-21", 100, 2]]);
});

test.each([[0, 100, 0], [1, 100_000, 1], [100, 100, 4], [25, 100, 2], [26, 100, 3], [5, 0, 0]])("%i of %i is level %i", (tokens, peak, level) => {
  expect(levelOf(tokens, peak)).toBe(level);
});

test("month names never touch", () => {
  for (const today of ["2026-11-21", "2026-03-01", "2024-02-29", "2027-01-03"]) {
    const { months: marks } = heat([], today);
    expect(marks.length).toBeGreaterThanOrEqual(12);
    marks.slice(1).forEach((mark, n) => expect(mark.column - (marks[n]?.column ?? 0)).toBeGreaterThanOrEqual(3));
  }
});

test("the table has a row a month, newest first, without empty ones", () => {
  expect(months([day("2026-01-31", 5, 2), day("2026-02-01", 7, 3), day("2026-02-02", 0, 0), day("2026-02-03", 1), day("2025-12-01", 0, 0)])).toEqual([
    { month: "2026-02", tokens: 8, requests: 4, active: 2 },
    { month: "2026-01", tokens: 5, requests: 2, active: 1 },
  ]);
});
