// The commands of a chat that run now, since when, each with a way to end it.
import { ta } from "../../i18n/acting.ts";
import { duration } from "../../i18n/text.ts";
import { second } from "../../state/clock.ts";
import { marked } from "../../state/marks.ts";
import { asked, stopCommand } from "../../state/running.ts";
import type { RunningCommand } from "../../wire/types.gen.ts";
import { Shown } from "../row/shown.tsx";

export function Commands(props: { chat: string; commands: readonly RunningCommand[] }) {
  return (
    <>
      <hr />
      <h2>{ta("acting.running")}</h2>
      <ul class="commands">
        {props.commands.map((command) => (
          <Command key={command.path} chat={props.chat} command={command} />
        ))}
      </ul>
    </>
  );
}

function Command(props: { chat: string; command: RunningCommand }) {
  const { command } = props;
  const script = marked(command.script.replaceAll("\n", "⏎"));
  return (
    <li data-test="running-command">
      <code dir="ltr" title={marked(command.script)}>
        <Shown text={script} />
      </code>
      <span class="faint small">
        <Since at={command.started_at_ms} />
        {command.background ? ` · ${ta("acting.background")}` : ""}
      </span>
      <button type="button" class="button small" disabled={asked.value.has(`${props.chat} ${command.path}`)} aria-label={ta("acting.stop", { script })} onClick={() => void stopCommand(props.chat, command.path)} data-test="command-stop">
        {ta("acting.stopShort")}
      </button>
    </li>
  );
}

/** Its own component, so that the clock draws nothing else. */
function Since(props: { at: number }) {
  return <span>{duration(second.value - props.at)}</span>;
}
