// A tool call, a changed file, or many calls that only looked, as one line: what it is, how it stands, how long it took; opens to the details.
import type { ComponentChildren } from "preact";
import { duration, t, tenths } from "../../i18n/text.ts";
import { counts, isBehind, isStoppable, kindOf, stateOf, type Around, type CallKind, type CallState } from "../../state/calls.ts";
import type { OpenChat } from "../../state/chats.ts";
import { second } from "../../state/clock.ts";
import { marked } from "../../state/marks.ts";
import { newestLine } from "../../state/newest.ts";
import { asked, askKey, leaveCall, stopCall } from "../../state/running.ts";
import { runningSince } from "../../state/seen.ts";
import type { FileEdit, Message, ToolEvent } from "../../wire/types.ts";
import { Icon, type IconName } from "../icon.tsx";
import { acting, doing } from "../parts.ts";
import { Shown } from "./shown.tsx";
import { editWords, toolWords } from "./toolwords.ts";
import { useUnfold } from "./unfold.ts";

const ICONS: Record<CallKind, IconName> = { command: "terminal", read: "file", search: "search", edit: "edit", network: "globe", question: "quote", other: "tool" };

type In = { message: Message; chat: OpenChat };

/** The calls of a turn, in their order. */
function callsOf({ message, chat }: In): readonly ToolEvent[] {
  const own = chat.state.messages.filter((row) => row.toolEvents !== undefined && row.turnId === message.turnId);
  return own.flatMap((row) => chat.row(row.id)?.value.toolEvents ?? []);
}

/** What stands around a call of the row: whether its turn runs, whether it waits for a person or for other calls. */
function aroundOf({ message, chat }: In, call: string, tool?: ToolEvent): Around {
  const run = chat.run.value;
  const live = run !== null && (run.turn_id === undefined || message.turnId === run.turn_id || message.turnId?.startsWith(`${run.turn_id}:replay:`) === true);
  const waits = chat.waits.value.some((id) => {
    const row = chat.row(id)?.value;
    return row?.turnId === message.turnId && row?.proposal?.call_id === call;
  });
  const behind = live && tool?.phase === "start" && isBehind(callsOf({ message, chat }), tool);
  return { live, waits, behind };
}

const nameIn = ({ message, chat }: In, call: string) => `${chat.id} ${message.turnId ?? message.id} ${call}`;

type LineProps = { name: string; /** The calls it tells of, as the search names them. */ finds: string; state: CallState; icon: IconName; words: ComponentChildren; label: string; test: string; after: ComponentChildren; /** What it said last, while it is closed. */ newest?: string; tools?: ComponentChildren; children: () => ComponentChildren };

/** One line; its details are made when it is opened. */
function Line(props: LineProps) {
  const { open, onToggle } = useUnfold(props.name);
  return (
    <li class="act-item">
      <details class={`act ${props.state}`} open={open.value} data-finds={props.finds} data-test={props.test} onToggle={onToggle}>
        <summary title={props.label}>
          <span class="outcome">
            <Icon name={props.icon} />
          </span>
          <span class="line">{props.words}</span>
          <span class="act-after">{props.after}</span>
          {props.newest && !open.value ? (
            <span class="newest" dir="ltr" data-test="newest">
              <Shown text={props.newest} />
            </span>
          ) : null}
          <Icon name="chevron" />
        </summary>
        {open.value ? <div class="act-body">{props.children()}</div> : null}
      </details>
      {props.tools}
    </li>
  );
}

/** Shorter times say nothing. */
const WORTH_MS = 100;

function ms(took: number): string {
  return took < 10_000 ? t("seconds", { n: tenths(took / 1000) }) : duration(took);
}

function Clock(props: { since: number | undefined }) {
  return <>{duration(props.since === undefined ? 0 : second.value - props.since)}</>;
}

const TIMED_OUT = 408;

/** How it stands, in words; done by itself says nothing to the eye. */
function StateWords(props: { state: CallState; tool?: ToolEvent; since: number | undefined }) {
  const { state, tool } = props;
  const exit = state !== "failed" ? null : tool?.status === TIMED_OUT ? t("tool.timedOut") : tool?.exit_code !== undefined ? t("tool.exit", { code: tool.exit_code }) : null;
  return (
    <>
      <span class={state === "done" ? "visually-hidden" : `state ${state}`} data-test="call-state">
        {exit ?? t(`tool.${state}`)}
      </span>
      {state === "running" ? (
        <span class="took">
          <Clock since={props.since} />
        </span>
      ) : tool?.duration_ms === undefined || tool.duration_ms < WORTH_MS ? null : (
        <span class="took">{ms(tool.duration_ms)}</span>
      )}
    </>
  );
}

/** A command began when the gateway says so; the first call of a row began with it, unless it waited for a person. */
function sinceOf({ message, chat }: In, tool: ToolEvent): number {
  const told = acting.here.value?.startedAt(chat.id, tool.call_id);
  if (told !== undefined) return told;
  const first = message.toolEvents?.[0]?.call_id === tool.call_id;
  const asked = chat.state.messages.some((row) => row.turnId === message.turnId && row.proposal?.call_id === tool.call_id);
  return runningSince(`${chat.id} ${message.id} ${tool.call_id}`, first && !asked ? message.createdAt : undefined);
}

export function ToolLine(props: In & { tool: ToolEvent }) {
  const { tool, message, chat } = props;
  const state = stateOf(tool, aroundOf(props, tool.call_id, tool));
  const words = marked(toolWords(tool));
  const newest = state === "running" ? marked(newestLine(message.outputs, tool.call_id)) : "";
  const stoppable = isStoppable(tool, state) ? <CommandTools chat={chat} tool={tool} state={state} /> : undefined;
  return (
    <Line name={nameIn(props, tool.call_id)} finds={tool.call_id} state={state} icon={ICONS[kindOf(tool)]} words={<Shown text={words} />} label={words} test="tool" after={<StateWords state={state} tool={tool} since={state === "running" ? sinceOf(props, tool) : undefined} />} newest={newest} tools={stoppable}>
      {() => <Details tool={tool} message={message} chat={chat} state={state} />}
    </Line>
  );
}

function CommandTools(props: { chat: OpenChat; tool: ToolEvent; state: CallState }) {
  const { chat, tool, state } = props;
  const busy = asked.value.has(askKey(chat, tool));
  return (
    <span class="act-tools">
      {state === "running" ? (
        <button type="button" class="button small quiet" disabled={busy} title={t("command.leave")} data-test="call-background" onClick={() => void leaveCall(chat, tool)}>
          {t("command.background")}
        </button>
      ) : null}
      <button type="button" class="button small quiet" disabled={busy} title={t("command.stop")} data-test="call-stop" onClick={() => void stopCall(chat, tool)}>
        <Icon name="stop" />
        {busy ? t("command.stopping") : t("stop")}
      </button>
    </span>
  );
}

function Details(props: In & { tool: ToolEvent; state: CallState }) {
  const part = doing.here.value;
  if (part !== null) return <part.CallBody {...props} />;
  doing.load();
  return null;
}

/** Many calls that only looked. */
export function ManyLine(props: In & { tools: readonly ToolEvent[] }) {
  const { files, searches } = counts(props.tools);
  const words = files === 0 ? t("tool.looked", { count: searches }) : searches === 0 ? t("tool.readMany", { count: files }) : t("tool.readAndSearched", { count: files, searches });
  return (
    <Line name={nameIn(props, `${props.tools[0]?.call_id} and more`)} finds={props.tools.map((tool) => tool.call_id).join(" ")} state="done" icon="file" words={words} label={words} test="tool-group" after={null}>
      {() => (
        <ul>
          {props.tools.map((tool) => (
            <ToolLine key={tool.call_id} tool={tool} message={props.message} chat={props.chat} />
          ))}
        </ul>
      )}
    </Line>
  );
}

function stateOfEdit(edit: FileEdit, around: Around): CallState {
  if (edit.status === "error" || edit.phase === "error") return "failed";
  if (edit.phase !== "start") return "done";
  return around.waits ? "waiting" : around.live ? "running" : "stopped";
}

export function EditLine(props: In & { edit: FileEdit }) {
  const { edit, message } = props;
  const state = stateOfEdit(edit, aroundOf(props, edit.call_id));
  const path = marked(edit.path) || t("edit.some");
  const words = (
    <>
      <Shown text={editWords(edit)} />
      {edit.binary ? null : (
        <>
          {" "}
          <span class="add">+{edit.added}</span> <span class="del">−{edit.deleted}</span>
        </>
      )}
    </>
  );
  return (
    <Line name={nameIn(props, `${edit.call_id} ${edit.path}`)} finds={`${edit.call_id} ${edit.path}`} state={state} icon={edit.operation === "delete" ? "trash" : "edit"} words={words} label={path} test="file-edit" after={<StateWords state={state} since={message.createdAt} />}>
      {() => <EditDetails edit={edit} />}
    </Line>
  );
}

function EditDetails(props: { edit: FileEdit }) {
  const part = doing.here.value;
  if (part !== null) return <part.EditBody {...props} />;
  doing.load();
  return null;
}
