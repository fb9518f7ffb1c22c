// The details of a call: what it was given in full, what comes of it while it runs, its result, why it was allowed; of an edit, its difference.
import { useEffect, useMemo } from "preact/hooks";
import { td } from "../../i18n/doing.ts";
import { t } from "../../i18n/text.ts";
import { isLeftAlone, outputsOf, type CallState } from "../../state/calls.ts";
import type { OpenChat } from "../../state/chats.ts";
import { marked } from "../../state/marks.ts";
import { tailing } from "../../state/tailing.ts";
import type { FileEdit, Message, ToolEvent } from "../../wire/types.ts";
import { CopyButton } from "../copy.tsx";
import { besides, readable, scriptOf } from "../row/toolwords.ts";
import { DiffLines } from "./difflines.tsx";
import { Output, TerminalText } from "./output.tsx";
import { wordOf } from "./proposalrow.tsx";
import { Shown } from "../row/shown.tsx";

export function CallBody(props: { tool: ToolEvent; message: Message; chat: OpenChat; state: CallState }) {
  const { tool, message, chat, state } = props;
  const script = scriptOf(tool);
  const alone = isLeftAlone(tool);
  const outputs = outputsOf(message, tool);
  const live = state === "running" || state === "background";
  return (
    <>
      {script === undefined ? null : <Part part="script" name={td("call.command")} text={script} copy />}
      <Part part="given" name={td("call.given")} text={besides(tool)} />
      {outputs.map((one) => (
        <Output key={one.channel} channel={one.channel} text={one.text} skipped={one.skipped} live={live} />
      ))}
      {alone ? <Tail chat={chat.id} path={tool.path} /> : null}
      {live && !alone && outputs.length === 0 && script !== undefined ? <p class="small faint">{td("output.none")}</p> : null}
      <Result text={readable(tool.result)} error={readable(tool.error)} />
      <Why tool={tool} verdict={verdictOf(chat, message, tool)} />
    </>
  );
}

/** Why it was allowed or refused, and what a person said to it. */
function Why(props: { tool: ToolEvent; verdict: string }) {
  const { tool, verdict } = props;
  const words = [tool.why ?? "", verdict].filter(Boolean).join(" · ");
  return words === "" ? null : <p class="small soft why">{td("call.why", { why: words })}</p>;
}

function verdictOf(chat: OpenChat, message: Message, tool: ToolEvent): string {
  const row = chat.state.messages.findLast((one) => one.turnId === message.turnId && one.proposal?.call_id === tool.call_id);
  if (row?.proposal === undefined || row.resolution === undefined || row.resolution.state === "open") return "";
  const { rule } = row.resolution;
  return rule === undefined ? td(wordOf(row.proposal, row.resolution)) : `${td(wordOf(row.proposal, row.resolution))} (${rule})`;
}

/** Output that no turn tells any more. */
function Tail(props: { chat: string; path: string }) {
  const tail = useMemo(() => tailing(props.chat, props.path), [props.chat, props.path]);
  useEffect(() => tail.end, [tail]);
  const { tails, running } = tail.now.value;
  if (running === null) return null;
  return (
    <>
      {tails.map((one) => (
        <Output key={one.channel} channel={one.channel} text={one.text} skipped={one.skipped} live />
      ))}
      {tails.length === 0 ? <p class="small faint">{td("output.none")}</p> : null}
      {running ? null : <p class="small soft">{td("call.over")}</p>}
    </>
  );
}

function Part(props: { part: string; name: string; text: string; copy?: boolean }) {
  if (props.text === "") return null;
  return (
    <div class="call-part">
      <div class="output-head">
        <span class="part">{props.name}</span>
        {props.copy ? <CopyButton text={() => props.text} /> : null}
      </div>
      <pre dir="ltr" tabIndex={0} data-part={props.part}>
        <Shown text={marked(props.text)} />
      </pre>
    </div>
  );
}

function Result(props: { text: string; error: string }) {
  const both = props.text !== "" && props.error !== "" && props.text !== props.error;
  const all = [...(props.text !== "" && (both || props.error === "") ? [{ part: "result", name: td("call.result"), text: props.text }] : []), ...(props.error === "" ? [] : [{ part: "error", name: td("call.error"), text: props.error }])];
  return (
    <>
      {all.map(({ part, name, text }) => (
        <div key={part} class="call-part">
          <div class="output-head">
            <span class="part">{name}</span>
            <CopyButton text={() => text} />
          </div>
          <pre dir="ltr" tabIndex={0} data-test="result" data-part={part}>
            <TerminalText text={text} />
          </pre>
        </div>
      ))}
    </>
  );
}

export function EditBody(props: { edit: FileEdit }) {
  const { edit } = props;
  return (
    <>
      {edit.error ? <p class="error-text">{edit.error}</p> : null}
      {edit.diff === undefined ? edit.error ? null : <p class="small faint">{t("edit.noDiff")}</p> : <DiffLines path={edit.path} diff={edit.diff} />}
    </>
  );
}
