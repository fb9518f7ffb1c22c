// Above the conversation while the connection is away or silent: when the next try comes, and what is not lost.
import { t } from "../i18n/text.ts";
import { toldLink, tooLarge } from "../state/app.ts";
import { second } from "../state/clock.ts";
import { boot, retryNow, silentSince } from "../wire/socket.ts";

export function Banner() {
  const state = toldLink.value;
  if (tooLarge.value)
    return (
      <div class="banner" role="alert">
        {t("link.tooLarge")}
        <button type="button" class="button small" onClick={() => (tooLarge.value = false)}>
          {t("dismiss")}
        </button>
      </div>
    );
  if (state.state === "open" && silentSince.value !== null) return <Silence since={silentSince.value} />;
  if (state.state === "open" || state.state === "refused" || (state.state === "connecting" && boot.value === null)) return <span hidden data-test="connected" data-state={state.state} />;
  return (
    <div class="banner" data-test="connection" role="status" aria-live="off">
      {state.state === "connecting" ? <strong>{t("link.connecting")}</strong> : <Countdown until={state.until} />}
      <span class="soft">{t("link.lostDetail")}</span>
      {state.state === "waiting" ? (
        <button type="button" class="button small" onClick={retryNow} data-test="retry-now">
          {t("link.retry")}
        </button>
      ) : null}
    </div>
  );
}

/** The connection is there, and nothing comes over it. */
function Silence(props: { since: number }) {
  const seconds = Math.max(0, Math.floor((second.value - props.since) / 1000));
  return (
    <div class="banner" data-test="silent" role="status" aria-live="off">
      <strong>{t("link.silent", { seconds })}</strong>
      <span class="soft">{t("link.lostDetail")}</span>
    </div>
  );
}

function Countdown(props: { until: number }) {
  const seconds = Math.max(0, Math.ceil((props.until - second.value) / 1000));
  return <strong>{t("link.lost", { seconds })}</strong>;
}
