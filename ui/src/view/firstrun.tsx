// The first step for someone new: which model. Servers found on this machine come first; the demo needs nothing.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/text.ts";
import { focusAsked } from "../state/compose.ts";
import { link } from "../wire/socket.ts";
import { choosePreset, skipFirstRun } from "../state/settings.ts";
import { words } from "../state/words.ts";
import { ByAddress } from "./settings/byaddress.tsx";
import { FoundServers } from "./settings/found.tsx";

export function FirstRun() {
  const why = useSignal("");
  const busy = useSignal(false);
  const adding = useSignal(false);
  useEffect(() => {
    document.getElementById("first-title")?.focus();
  }, []);
  const chosen = () => (focusAsked.value += 1);
  const demo = () => {
    busy.value = true;
    choosePreset("demo").then(chosen, (error: unknown) => {
      busy.value = false;
      why.value = words(error);
    });
  };
  return (
    <div class="transcript">
      <div class="first">
        <div class="first-card">
          <div>
            <p class="step">
              {t("first.title")} · {t("first.step", { n: 1 })}
            </p>
            <h2 id="first-title" tabIndex={-1}>
              {t("first.model")}
            </h2>
            <p class="soft">{t("first.modelText")}</p>
          </div>
          <section class="card">
            <FoundServers atOnce={link.value.state === "open"} chosen={chosen} />
          </section>
          <section class="card">
            <div class="card-line">
              <div class="grow">
                <div class="name">{t("first.address")}</div>
                <div class="soft">{t("first.addressText")}</div>
              </div>
              {adding.value ? null : (
                <button type="button" class="button" onClick={() => (adding.value = true)}>
                  {t("models.add")}
                </button>
              )}
            </div>
            {adding.value ? <ByAddress done={chosen} cancel={() => (adding.value = false)} /> : null}
          </section>
          <section class="card">
            <div class="card-line">
              <div class="grow">
                <div class="name">
                  {t("first.demo")} <span class="demo-badge">{t("model.demo")}</span>
                </div>
                <div class="soft">{t("first.demoText")}</div>
              </div>
              <button type="button" class="button" onClick={demo} disabled={busy.value} data-test="choose-demo">
                {t("first.demoUse")}
              </button>
            </div>
            {why.value ? <p class="error-text" role="alert">{why.value}</p> : null}
          </section>
          <div>
            <button type="button" class="button quiet" onClick={skipFirstRun} data-test="skip">
              {t("first.skip")}
            </button>
          </div>
        </div>
      </div>
    </div>
  );
}
