// Says that something waits for a restart, and which; offers it at once, and tells how it went.
import { ts } from "../../i18n/settings.ts";
import { dismissRestart, restart, restartEngine, waitingSections } from "../../state/settings-restart.ts";
import { link } from "../../wire/socket.ts";
import { EngineState, waitingNames } from "./restart.tsx";

export function RestartBanner(props: { inSettings?: boolean }) {
  const now = restart.value;
  const away = now.state === "under-way";
  if (waitingSections.value.length === 0 && now.state === "idle") return null;
  const waits = waitingSections.value.length > 0 && !away && now.state !== "failed";
  return (
    <div class={`banner restart ${now.state}${props.inSettings ? " inside" : ""}`} role="status" data-test="restart-banner">
      <span class="grow">
        {waits ? (
          <>
            <strong>{ts("restart.needed")}</strong> {ts("restart.needs", { sections: waitingNames() })}
          </>
        ) : (
          <EngineState restart={now} />
        )}
      </span>
      {away ? null : waits || now.state === "failed" ? (
        <button type="button" class="button small" disabled={link.value.state !== "open"} onClick={restartEngine} data-test="restart-now">
          {ts("restart.now")}
        </button>
      ) : (
        <button type="button" class="button small" onClick={dismissRestart}>
          {ts("close")}
        </button>
      )}
    </div>
  );
}
