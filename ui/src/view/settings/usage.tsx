// Tokens by day: a calendar of a year, its sums and streaks, and the same numbers as a table.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { day, month, number, ts, type SettingsKey } from "../../i18n/settings.ts";
import { compact } from "../../i18n/text.ts";
import { byMonth, calendar, refreshUsage, usage, usageWhy } from "../../state/settings-usage.ts";
import type { UsageSummary } from "../../wire/settings.ts";
import { Card } from "./kit.tsx";

const CELL = 11;
const STEP = 13;
const LEFT = 30;
const TOP = 16;

export function Usage() {
  useEffect(() => void refreshUsage(), []);
  const report = usage.value;
  return (
    <Card title="usage.title" lead={ts("usage.lead")} test="usage">
      {usageWhy.value !== null ? (
        <div class="set-row split" role="alert">
          <span class="grow error-text">{ts("usage.error", { why: usageWhy.value })}</span>
          <button type="button" class="button small" onClick={() => void refreshUsage()}>
            {ts("retry")}
          </button>
        </div>
      ) : null}
      {report !== null ? <Report report={report} /> : usageWhy.value === null ? <div class="heat-blank" role="status" aria-label={ts("loading")} /> : null}
    </Card>
  );
}

function Report(props: { report: UsageSummary }) {
  const { report } = props;
  if (report.total_tokens === 0 && report.days.length === 0)
    return (
      <p class="set-row faint" data-test="usage-none">
        {ts("usage.none")}
      </p>
    );
  return (
    <>
      <div class="sums">
        <Sum label="usage.days30" value={compact(report.total_tokens_30d)} exact={report.total_tokens_30d} more={ts("usage.requests", { n: report.requests_30d })} />
        <Sum label="usage.year" value={compact(report.total_tokens_365d)} exact={report.total_tokens_365d} more={ts("usage.all", { n: compact(report.total_tokens) })} />
        <Sum label="usage.peak" value={compact(report.peak_day_tokens)} exact={report.peak_day_tokens} more={ts("usage.active", { n: report.active_days_30d })} />
        <Sum label="usage.streak" value={ts("usage.streakDays", { n: report.current_streak_days })} more={ts("usage.longest", { n: report.longest_streak_days })} />
      </div>
      <Heat report={report} />
      <Table />
    </>
  );
}

function Sum(props: { label: SettingsKey; value: string; exact?: number; more: string }) {
  return (
    <div class="sum">
      <div class="faint small">{ts(props.label)}</div>
      <div class="figure" title={props.exact === undefined ? undefined : ts("usage.tokens", { n: number(props.exact) })}>
        {props.value}
      </div>
      <div class="faint small">{props.more}</div>
    </div>
  );
}

function Heat(props: { report: UsageSummary }) {
  const { weeks, months } = calendar.value;
  const label = ts("usage.picture", { year: number(props.report.total_tokens_365d), active: weeks.flat().filter((cell) => cell.level > 0).length });
  const scroller = useRef<HTMLDivElement>(null);
  // Where it does not fit, today is what shows.
  useLayoutEffect(() => scroller.current?.scrollTo(scroller.current.scrollWidth, 0), []);
  return (
    <div class="heat" ref={scroller}>
      <svg viewBox={`0 0 ${LEFT + weeks.length * STEP} ${TOP + 7 * STEP}`} role="img" aria-label={label} data-test="heat">
        {months.map((mark) => (
          <text key={mark.column} x={LEFT + mark.column * STEP} y={10}>
            {month(mark.date, "short")}
          </text>
        ))}
        {[0, 2, 4].map((row) => (
          <text key={row} x={0} y={TOP + row * STEP + 9}>
            {day2(row)}
          </text>
        ))}
        {weeks.map((week, column) =>
          week.map((cell, row) => (
            <rect key={cell.date} class={`l${cell.level}`} x={LEFT + column * STEP} y={TOP + row * STEP} width={CELL} height={CELL} rx={2}>
              <title>{ts(cell.tokens === 0 ? "usage.dayNone" : "usage.day", { date: day(cell.date), n: number(cell.tokens), requests: cell.requests })}</title>
            </rect>
          )),
        )}
      </svg>
      <div class="legend faint small" aria-hidden="true">
        {ts("usage.less")}
        {[0, 1, 2, 3, 4].map((level) => (
          <i key={level} class={`l${level}`} />
        ))}
        {ts("usage.more")}
      </div>
    </div>
  );
}

/** The short name of a day of the week, Monday first. */
const day2 = (row: number) => ts(row === 0 ? "usage.monday" : row === 2 ? "usage.wednesday" : "usage.friday");

function Table() {
  return (
    <details class="set-more">
      <summary>{ts("usage.table")}</summary>
      <table class="set-table">
        <thead>
          <tr>
            <th scope="col">{ts("usage.month")}</th>
            <th scope="col">{ts("usage.activeDays")}</th>
            <th scope="col">{ts("usage.requestsHead")}</th>
            <th scope="col">{ts("usage.tokensHead")}</th>
          </tr>
        </thead>
        <tbody>
          {byMonth.value.map((row) => (
            <tr key={row.month}>
              <th scope="row">{month(row.month, "long")}</th>
              <td>{number(row.active)}</td>
              <td>{number(row.requests)}</td>
              <td>{number(row.tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
