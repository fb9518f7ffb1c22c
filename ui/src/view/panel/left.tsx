// What was left alone, where it was asked for: each file with the gateway's reason, and a way to insist that says what it overwrites and brings it
// back afterwards.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { files as countOf, ta } from "../../i18n/acting.ts";
import { doRest, forgetLeft, insist, keyOf, left, restCount, restore, type Left, type Target } from "../../state/changes.ts";
import { marked } from "../../state/marks.ts";
import { forcible } from "../../state/ways.ts";
import { Icon } from "../icon.tsx";
import { Shown } from "../row/shown.tsx";
import { keepFocus } from "./keys.ts";

/** More names than this say nothing more. */
const NAMES = 8;

export function LeftNote(props: { chat: string; target: Target }) {
  const what = left.value.get(keyOf(props.target));
  return what === undefined ? null : <Note chat={props.chat} what={what} />;
}

function titleOf({ target, way, refused, done, failed }: Left): string {
  if (failed === "" && refused.length === 0) return ta(target.step !== undefined ? "left.restored" : way === "redo" ? "left.redone" : "left.undone");
  return ta(done > 0 ? "left.title" : way === "redo" ? "left.failedRedo" : "left.failed");
}

function Note(props: { chat: string; what: Left }) {
  const { what } = props;
  const sure = useSignal(false);
  return (
    <div class="left" role={what.failed === "" && what.refused.length === 0 ? "status" : "alert"} data-test="left">
      <div class="left-head">
        <strong>{titleOf(what)}</strong>
        <button type="button" class="icon-button" aria-label={ta("dismiss")} title={ta("dismiss")} onClick={(event) => (keepFocus(event), forgetLeft(what.target))}>
          <Icon name="close" />
        </button>
      </div>
      {what.failed === "" ? <Reasons what={what} /> : <p>{what.failed}</p>}
      {what.notes.map((note) => (
        <p key={note} data-test="left-note">
          <Shown text={marked(note)} />
        </p>
      ))}
      {what.step === null ? null : <p>{ta("left.kept")}</p>}
      {sure.value ? <Sure chat={props.chat} what={what} no={() => (sure.value = false)} /> : <Ways chat={props.chat} what={what} sure={() => (sure.value = true)} />}
    </div>
  );
}

/** What can still be done: the others, all of it over what stands there, and the way back from that. */
function Ways(props: { chat: string; what: Left; sure: () => void }) {
  const { chat, what } = props;
  const { target, way, refused, step } = what;
  const again = way === "redo";
  const turn = target.path === undefined && target.step === undefined && what.failed === "";
  const rest = turn ? restCount(what) : 0;
  return (
    <div class="actions">
      {rest === 0 ? null : (
        <button type="button" class="button small" onClick={(event) => (keepFocus(event), void doRest(chat, what))} data-test="rest">
          {ta(again ? "left.restRedo" : "left.rest", { files: countOf(rest) })}
        </button>
      )}
      {forcible(refused).length === 0 ? null : (
        <button type="button" class="button small" onClick={props.sure} data-test="anyway">
          {ta(again ? "left.anywayRedo" : "left.anyway")}
        </button>
      )}
      {step === null ? null : (
        <button type="button" class="button small" onClick={(event) => (keepFocus(event), void restore(chat, target, step))} data-test="restore">
          {ta("left.restore")}
        </button>
      )}
    </div>
  );
}

function Reasons(props: { what: Left }) {
  const { refused, target } = props.what;
  if (refused.length === 0) return null;
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
  const refused = forcible(props.what.refused);
  const question = ta("left.sure");
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
