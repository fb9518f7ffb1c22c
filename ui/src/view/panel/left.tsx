// What was left alone, where it was asked for: each file with the gateway's reason, and a way to insist that says what it overwrites.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { files as countOf, ta } from "../../i18n/acting.ts";
import { doRest, filesOf, forgetLeft, insist, keyOf, left, type Left, type Target } from "../../state/changes.ts";
import { marked } from "../../state/marks.ts";
import { forcible, restOf } from "../../state/ways.ts";
import { Icon } from "../icon.tsx";
import { Shown } from "../row/shown.tsx";
import { keepFocus } from "./keys.ts";

/** More names than this say nothing more. */
const NAMES = 8;

export function LeftNote(props: { chat: string; target: Target }) {
  const what = left.value.get(keyOf(props.target));
  return what === undefined ? null : <Note chat={props.chat} what={what} />;
}

function Note(props: { chat: string; what: Left }) {
  const { what } = props;
  const sure = useSignal(false);
  const again = what.way === "redo";
  const files = filesOf(what.target);
  const rest = what.target.path === undefined && what.failed === "" ? restOf(files, what.refused, what.way).length : 0;
  return (
    <div class="left" role="alert" data-test="left">
      <div class="left-head">
        <strong>{ta(what.done > 0 ? "left.title" : again ? "left.failedRedo" : "left.failed")}</strong>
        <button type="button" class="icon-button" aria-label={ta("dismiss")} title={ta("dismiss")} onClick={(event) => (keepFocus(event), forgetLeft(what.target))}>
          <Icon name="close" />
        </button>
      </div>
      {what.failed === "" ? <Reasons what={what} /> : <p>{what.failed}</p>}
      {sure.value ? (
        <Sure chat={props.chat} what={what} no={() => (sure.value = false)} />
      ) : (
        <div class="actions">
          {rest === 0 ? null : (
            <button type="button" class="button small" onClick={(event) => (keepFocus(event), void doRest(props.chat, what))} data-test="rest">
              {ta(again ? "left.restRedo" : "left.rest", { files: countOf(rest) })}
            </button>
          )}
          {forcible(files, what.refused).length === 0 ? null : (
            <button type="button" class="button small" onClick={() => (sure.value = true)} data-test="anyway">
              {ta(again ? "left.anywayRedo" : "left.anyway")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Reasons(props: { what: Left }) {
  const { refused, target } = props.what;
  return (
    <ul>
      {refused.slice(0, NAMES).map((one) => (
        <li key={one.path}>
          {target.path === undefined ? <code dir="ltr"><Shown text={marked(one.path)} /></code> : null} {one.why}
        </li>
      ))}
      <More n={refused.length - NAMES} />
    </ul>
  );
}

const More = (props: { n: number }) => (props.n > 0 ? <li>{ta("left.andMore", { n: props.n })}</li> : null);

function Sure(props: { chat: string; what: Left; no: () => void }) {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current?.focus(), []);
  const { target } = props.what;
  const refused = forcible(filesOf(target), props.what.refused);
  const question = ta(target.hunk === undefined ? "left.sure" : "left.sureHunk");
  return (
    <div class="left-sure" role="alertdialog" aria-label={question} data-test="anyway-sure">
      <p>{question}</p>
      <ul>
        {refused.slice(0, NAMES).map((one) => (
          <li key={one.path}>
            <code dir="ltr"><Shown text={marked(one.path)} /></code>
          </li>
        ))}
        <More n={refused.length - NAMES} />
      </ul>
      <div class="actions">
        <button type="button" class="button small danger" onClick={(event) => (keepFocus(event), void insist(props.chat, props.what))} data-test="anyway-yes">
          {ta("left.yes")}
        </button>
        <button type="button" class="button small" ref={no} onClick={(event) => (keepFocus(event), props.no())}>
          {ta("left.no")}
        </button>
      </div>
    </div>
  );
}
