// Starting the engine anew: how it stands, what waits for it, and how long the last time took.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { tenths } from "../../i18n/text.ts";
import { second } from "../../state/clock.ts";
import { sectionNamed } from "../../state/settings-place.ts";
import { engine, restart, restartEngine, waitingSections, type Restart } from "../../state/settings-restart.ts";
import { link } from "../../wire/socket.ts";
import { Card, Confirm, Fact } from "./kit.tsx";

/** The sections that wait, as the list of sections names them. */
export const waitingNames = (): string => [...new Set(waitingSections.value.map((one) => ts(`section.${sectionNamed(one)}`)))].join(", ");

export function RestartCard() {
  const asking = useSignal(false);
  const away = restart.value.state === "under-way";
  const go = () => {
    asking.value = false;
    restartEngine();
  };
  return (
    <Card title="restart.title" lead={ts("restart.lead")} test="restart-card">
      <Fact label="restart.state">
        <div class="split">
          <span class="grow" role="status" data-test="engine-state">
            <EngineState restart={restart.value} />
          </span>
          <button type="button" class="button" disabled={away || link.value.state !== "open"} title={link.value.state === "open" ? undefined : ts("restart.offline")} onClick={() => (asking.value = true)} data-test="restart-engine">
            {ts("restart.do")}
          </button>
        </div>
        {waitingSections.value.length > 0 ? <p class="warn-text small">{ts("restart.waits", { sections: waitingNames() })}</p> : null}
      </Fact>
      {asking.value ? <Confirm question={ts("restart.sure")} yes={ts("restart.do")} no={ts("cancel")} onYes={go} onNo={() => (asking.value = false)} /> : null}
    </Card>
  );
}

export function EngineState(props: { restart: Restart }) {
  const { restart: now } = props;
  switch (now.state) {
    case "under-way":
      return <>{ts(engine.value === "crashed" ? "restart.underWayAgain" : "restart.underWay", { seconds: Math.max(0, Math.floor((second.value - now.since) / 1000)) })}</>;
    case "done":
      return <>{ts("restart.done", { seconds: now.seconds < 10 ? tenths(now.seconds) : Math.round(now.seconds) })}</>;
    case "failed":
      return <span class="error-text">{now.why ? ts("restart.failedWhy", { why: now.why }) : ts("restart.failed")}</span>;
    case "idle":
      if (engine.value !== null) return <>{ts(`engine.${engine.value}`)}</>;
      return <>{ts(link.value.state === "open" ? "engine.ready" : "engine.away")}</>;
  }
}
