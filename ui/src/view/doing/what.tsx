// What a proposal would do, whole: the command and what holds it, the files and how they change, the address, the question.
import { td } from "../../i18n/doing.ts";
import { duration, language } from "../../i18n/text.ts";
import { hasMarks, marked } from "../../state/marks.ts";
import type { Proposal } from "../../state/proposals.ts";
import type { ProposedCommand, ProposedFile } from "../../wire/types.gen.ts";
import { CopyButton } from "../copy.tsx";
import { Icon } from "../icon.tsx";
import { Shown } from "../row/shown.tsx";
import { DiffLines } from "./difflines.tsx";

export function What(props: { one: Proposal }) {
  const { one } = props;
  return (
    <>
      {one.command === undefined ? null : <Command command={one.command} />}
      {one.address === undefined ? null : (
        <pre class="shown" dir="ltr" tabIndex={0}>
          <Shown text={marked(one.address)} />
        </pre>
      )}
      {(one.files ?? []).map((file, at) => (
        <File key={at} file={file} />
      ))}
      {one.question === undefined ? null : (
        <p class="question" dir="auto">
          <Shown text={marked(one.question.text)} />
        </p>
      )}
    </>
  );
}

function Command(props: { command: ProposedCommand }) {
  const { command } = props;
  return (
    <>
      <div class="shown-box">
        <pre class="shown" dir="ltr" tabIndex={0} data-test="proposed-command">
          <Shown text={command.shown} />
        </pre>
        <CopyButton text={() => command.script} />
      </div>
      {hasMarks(command.shown) ? (
        <p class="small warn-text">
          <Icon name="eye" /> {td("mark.note")}
        </p>
      ) : null}
      <ul class="proposal-facts">
        <li>{td("proposal.runsIn", { folder: marked(command.cwd) })}</li>
        <Held sandbox={command.sandbox} />
        <li class={command.network ? "warn-text" : ""}>{td(command.network ? "proposal.network" : "proposal.noNetwork")}</li>
        {command.background ? <li>{td("proposal.background")}</li> : <li>{td("proposal.limit", { time: limit(command.limit_s) })}</li>}
      </ul>
    </>
  );
}

/** What holds it, in the gateway's words; that nothing does is a warning. */
function Held(props: { sandbox: string }) {
  const { sandbox } = props;
  if (sandbox !== "" && !/^(not|no|none|nothing)\b/i.test(sandbox)) return <li>{td("proposal.held", { sandbox })}</li>;
  const why = sandbox.replace(/^(not held|nothing|none):?\s*/i, "");
  return (
    <li class="warn-text">
      {td("proposal.free")}
      {why === "" ? null : ` (${why})`}
    </li>
  );
}

/** Whole minutes have no seconds. */
function limit(seconds: number): string {
  if (seconds < 60 || seconds % 60 !== 0) return duration(seconds * 1000);
  return new Intl.NumberFormat(language.value, { style: "unit", unit: "minute", unitDisplay: "short" }).format(seconds / 60);
}

function File(props: { file: ProposedFile }) {
  const { file } = props;
  return (
    <div class="proposed-file" data-test="proposed-file">
      <p class="file-line">
        <b dir="ltr">
          <Shown text={marked(file.path)} />
        </b>{" "}
        <span class="op">{td(`op.${file.operation}`)}</span>{" "}
        {file.to === undefined ? null : (
          <b dir="ltr">
            <Shown text={marked(file.to)} />
          </b>
        )}{" "}
        {file.added + file.deleted === 0 ? null : (
          <span class="counts">
            <span class="add">+{file.added}</span> <span class="del">−{file.deleted}</span>
          </span>
        )}
      </p>
      {file.notes.map((note) => (
        <p key={note} class="small warn-text">
          {note}
        </p>
      ))}
      {file.diff === undefined ? null : <DiffLines path={file.path} diff={file.diff} />}
    </div>
  );
}
