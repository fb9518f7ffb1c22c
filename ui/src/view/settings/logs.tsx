// Where the log is: the native window opens its folder, a browser is told its name.
import { useSignal } from "@preact/signals";
import { ts } from "../../i18n/settings.ts";
import { settings } from "../../state/settings.ts";
import { words } from "../../state/words.ts";
import { host } from "../../wire/host.ts";
import { Fact, Path } from "./kit.tsx";

export function Logs() {
  const why = useSignal("");
  const open = host()?.openLogs;
  const show = () => {
    why.value = "";
    void open?.().catch((error: unknown) => {
      why.value = words(error);
    });
  };
  return (
    <Fact label="system.logs" hint={ts("system.logsHint")}>
      {open === undefined ? (
        <>
          <Path text={`${settings.value?.runtime.data_path ?? ""}/logs`} />
          <p class="faint small">{ts("system.logsBrowser")}</p>
        </>
      ) : (
        <button type="button" class="button" onClick={show} data-test="open-logs">
          {ts("system.logsOpen")}
        </button>
      )}
      {why.value ? <p class="error-text small" role="alert">{why.value}</p> : null}
    </Fact>
  );
}
