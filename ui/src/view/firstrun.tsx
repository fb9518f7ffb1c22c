// The first step for someone new: which model. Servers found on this machine come first, then a key, then an address; the demo needs nothing.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { ts } from "../i18n/settings.ts";
import { t } from "../i18n/text.ts";
import { focusAsked } from "../state/compose.ts";
import { choosePreset, settings, skipFirstRun } from "../state/settings.ts";
import { link } from "../wire/socket.ts";
import { ByAddress } from "./settings/byaddress.tsx";
import { FoundServers } from "./settings/found.tsx";
import { WithKey } from "./settings/withkey.tsx";
import { useWork } from "./work.ts";

export function FirstRun() {
  useEffect(() => {
    document.getElementById("first-title")?.focus();
  }, []);
  const open = useSignal<"" | "key" | "address">("");
  const chosen = () => (focusAsked.value += 1);
  const close = () => (open.value = "");
  const keyed = (settings.value?.providers ?? []).some((one) => one.api_key_required && !one.is_custom);
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
          {keyed ? (
            <Way name={ts("withKey.title")} text={ts("withKey.text")} button={ts("withKey.open")} test="use-key" open={open.value === "key"} toggle={() => (open.value = "key")}>
              <WithKey done={chosen} cancel={close} />
            </Way>
          ) : null}
          <Way name={t("first.address")} text={t("first.addressText")} button={t("models.add")} test="use-address" open={open.value === "address"} toggle={() => (open.value = "address")}>
            <ByAddress done={chosen} cancel={close} />
          </Way>
          <Demo chosen={chosen} />
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

function Way(props: { name: string; text: string; button: string; test: string; open: boolean; toggle: () => void; children: ComponentChildren }) {
  return (
    <section class="card">
      <div class="card-line">
        <div class="grow">
          <div class="name">{props.name}</div>
          <div class="soft">{props.text}</div>
        </div>
        {props.open ? null : (
          <button type="button" class="button" onClick={props.toggle} data-test={props.test}>
            {props.button}
          </button>
        )}
      </div>
      {props.open ? props.children : null}
    </section>
  );
}

function Demo(props: { chosen: () => void }) {
  const { busy, why, run } = useWork();
  const use = () => run(() => choosePreset("demo").then(props.chosen));
  return (
    <section class="card">
      <div class="card-line">
        <div class="grow">
          <div class="name">
            {t("first.demo")} <span class="demo-badge">{t("model.demo")}</span>
          </div>
          <div class="soft">{t("first.demoText")}</div>
        </div>
        <button type="button" class="button" onClick={use} disabled={busy.value} data-test="choose-demo">
          {t("first.demoUse")}
        </button>
      </div>
      {why.value ? <p class="error-text" role="alert">{why.value}</p> : null}
    </section>
  );
}
