// What is kept on this machine, and where; chats leave and come by their own menus.
import { number, ts } from "../../i18n/settings.ts";
import { pickImport } from "../../state/exchange.ts";
import { list, listPhase } from "../../state/list.ts";
import { settings, settingsOpen } from "../../state/settings.ts";
import { Card, Fact, Head, Path } from "./kit.tsx";
import { Missing } from "./missing.tsx";
import { Keys } from "./overview.tsx";

/** What came of it is told over the chats. */
const bring = () => {
  pickImport();
  settingsOpen.value = null;
};

export function Storage() {
  const runtime = settings.value?.runtime;
  if (runtime === undefined) return <Missing title="storage.title" />;
  return (
    <>
      <Head title="storage.title" lead="storage.lead" />
      <Card>
        <Fact label="storage.chats">{listPhase.value === "ready" ? ts(list.value.rows.length === 1 ? "overview.chat" : "overview.chats", { n: number(list.value.rows.length) }) : <span class="faint">{ts("unknown")}</span>}</Fact>
        <Fact label="system.data" hint={ts("storage.dataHint")}>
          <Path text={runtime.data_path} />
        </Fact>
        <Fact label="overview.keys">
          <Keys />
        </Fact>
      </Card>
      <Card title="storage.move" lead={ts("storage.moveLead")}>
        <Fact label="storage.export">{ts("storage.exportText")}</Fact>
        <Fact label="storage.import" hint={ts("storage.importText")}>
          <button type="button" class="button" onClick={bring} data-test="storage-import">
            {ts("storage.importDo")}
          </button>
        </Fact>
      </Card>
    </>
  );
}
