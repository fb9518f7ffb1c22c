// The details of a call: what it was given in full, what comes of it while it runs, its result, why it was allowed; of an edit, its difference.
import { useEffect, useMemo, useRef } from "preact/hooks";
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
  return (
    <>
      {script === undefined ? null : <Part part="script" name={td("call.command")} text={script} copy />}
      <Part part="given" name={td("call.given")} text={besides(tool)} />
      {alone ? <Tail chat={chat.id} path={tool.path} /> : null}
      {script === undefined || alone ? <Result tool={tool} state={state} /> : <Streams tool={tool} chat={chat.id} state={state} outputs={outputsOf(message, tool)} />}
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

type StreamsProps = { tool: ToolEvent; chat: string; state: CallState; outputs: NonNullable<Message["outputs"]> };

/** What a command puts out, in the same boxes while it runs and after its end: then its channels are read, and the model's text is beside them. */
function Streams(props: StreamsProps) {
  const { tool, chat, state, outputs } = props;
  const path = tool.phase === "start" ? undefined : tool.path;
  const tail = useMemo(() => (path === undefined ? null : tailing(chat, path)), [chat, path]);
  useEffect(() => tail?.end, [tail]);
  const known = useRef(outputs);
  if (outputs.length > 0) known.current = outputs;
  const read = tail?.now.value.tails ?? [];
  const whole = tail?.whole.value ?? null;
  // What was followed stays as it was, until more of it is asked for.
  const boxes = read.length > 0 && (known.current.length === 0 || whole === null) ? read : known.current;
  return (
    <>
      {boxes.map((one) => (
        <Output key={one.channel} channel={one.channel} text={one.text} skipped={one.skipped} whole={whole} />
      ))}
      {state === "running" && boxes.length === 0 ? <p class="small faint">{td("output.none")}</p> : null}
      {boxes.length === 0 || tool.phase === "start" ? (
        <Result tool={tool} state={state} />
      ) : (
        <details class="told" data-test="told">
          <summary>{td("call.told")}</summary>
          <Result tool={tool} state={state} />
        </details>
      )}
    </>
  );
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
        <Output key={one.channel} channel={one.channel} text={one.text} skipped={one.skipped} whole={tail.whole.value} />
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

function Result(props: { tool: ToolEvent; state: CallState }) {
  const result = readable(props.tool.result);
  const error = readable(props.tool.error);
  // What a person stopped did not go wrong.
  const wrong = props.state !== "stopped";
  const all = [
    ...(result === "" || result === error ? [] : [{ part: "result", name: td("call.result"), text: result, wrong: false }]),
    ...(error === "" ? [] : [{ part: "error", name: td(wrong ? "call.error" : "call.result"), text: error, wrong }]),
  ];
  return (
    <>
      {all.map(({ part, name, text, wrong }) => (
        <div key={part} class="call-part">
          <div class="output-head">
            <span class="part">{name}</span>
            <CopyButton text={() => text} />
          </div>
          <pre dir="ltr" tabIndex={0} data-test="result" data-part={part} data-error={wrong ? "" : undefined}>
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
