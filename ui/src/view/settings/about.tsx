// What runs here: version, connection, where keys are kept.
import { t } from "../../i18n/text.ts";
import { settings } from "../../state/settings.ts";
import { boot, link } from "../../wire/socket.ts";

export function About() {
  const secrets = settings.value?.secrets;
  const version = settings.value?.version?.current ?? boot.value?.version;
  return (
    <dl class="facts">
      {version === undefined ? null : (
        <>
          <dt>{t("about.version")}</dt>
          <dd>{version}</dd>
        </>
      )}
      <dt>{t("about.connection")}</dt>
      <dd>{link.value.state === "open" ? t("link.open") : t("link.connecting")}</dd>
      <dt>{t("about.surface")}</dt>
      <dd>{t(boot.value?.runtime_surface === "native" ? "about.native" : "about.browser")}</dd>
      {secrets === undefined ? null : (
        <>
          <dt>{t("about.keys")}</dt>
          <dd>
            {secrets.store === "keyring" ? t("about.keyring") : secrets.store === "file" ? t("about.file") : secrets.detail}
            {secrets.store !== "unknown" && secrets.detail ? <div class="faint small">{secrets.detail}</div> : null}
          </dd>
        </>
      )}
    </dl>
  );
}
