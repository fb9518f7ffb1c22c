// The calendar of used tokens: 53 weeks as columns, Monday first. Plain data, no page.

export const WEEKS = 53;
const DAY_MS = 86_400_000;

export type Day = { readonly date: string; readonly tokens: number; readonly requests: number };
/** `level` 0 is nothing used, 4 the busiest. */
export type Cell = Day & { readonly level: number };
export type Heat = {
  /** Oldest first; the last one ends with today. */
  readonly weeks: readonly (readonly Cell[])[];
  /** The first column of each month, where there is room for its name. */
  readonly months: readonly { readonly column: number; readonly date: string }[];
};
export type Month = { readonly month: string; readonly tokens: number; readonly requests: number; readonly active: number };

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const at = (date: string) => Date.parse(`${date}T00:00:00Z`);
/** Days since Monday. */
const weekday = (ms: number) => (new Date(ms).getUTCDay() + 6) % 7;

/** Half the busiest day is well filled: the eye compares roots. */
export function levelOf(tokens: number, peak: number): number {
  if (tokens <= 0 || peak <= 0) return 0;
  return Math.max(1, Math.min(4, Math.ceil(4 * Math.sqrt(tokens / peak))));
}

export function heat(days: readonly Day[], today: string): Heat {
  const known = new Map(days.map((day) => [day.date, day]));
  const last = at(today);
  const first = last - weekday(last) * DAY_MS - (WEEKS - 1) * 7 * DAY_MS;
  const weeks: Cell[][] = [];
  let peak = 0;
  for (const day of days) if (at(day.date) >= first && at(day.date) <= last) peak = Math.max(peak, day.tokens);
  for (let ms = first; ms <= last; ms += DAY_MS) {
    if (weekday(ms) === 0) weeks.push([]);
    const date = iso(ms);
    const { tokens, requests } = known.get(date) ?? { tokens: 0, requests: 0 };
    weeks.at(-1)?.push({ date, tokens, requests, level: levelOf(tokens, peak) });
  }
  return { weeks, months: monthMarks(weeks) };
}

/** A name needs three columns; the month that only just shows at the left edge gives way. */
function monthMarks(weeks: readonly (readonly Cell[])[]): { column: number; date: string }[] {
  const marks: { column: number; date: string }[] = [];
  weeks.forEach((week, column) => {
    const begins = week.find((day) => day.date.endsWith("-01"));
    if (begins === undefined && column > 0) return;
    const before = marks.at(-1);
    if (before !== undefined && column - before.column < 3) marks.pop();
    marks.push({ column, date: begins?.date ?? week[0]?.date ?? "" });
  });
  return marks.filter((mark) => mark.column <= WEEKS - 2);
}

/** The same numbers by month, newest first, for a table. */
export function months(days: readonly Day[]): Month[] {
  const sums = new Map<string, Month>();
  for (const day of days) {
    const month = day.date.slice(0, 7);
    const sum = sums.get(month) ?? { month, tokens: 0, requests: 0, active: 0 };
    sums.set(month, { month, tokens: sum.tokens + day.tokens, requests: sum.requests + day.requests, active: sum.active + (day.tokens > 0 ? 1 : 0) });
  }
  return [...sums.values()].filter((sum) => sum.tokens > 0 || sum.requests > 0).sort((a, b) => (a.month < b.month ? 1 : -1));
}
