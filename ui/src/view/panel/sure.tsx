// A question before something that widens what a chat may do; the answer that changes nothing has the focus.
import { useEffect, useRef } from "preact/hooks";
import { ta } from "../../i18n/acting.ts";

export function Sure(props: { text: string; yes: string; onYes: () => void; onNo: () => void }) {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    no.current?.focus();
    no.current?.scrollIntoView({ block: "nearest" });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div class="scope-sure" role="alertdialog" aria-label={props.text} data-test="acting-sure">
      <p>{props.text}</p>
      <button type="button" class="button danger" onClick={props.onYes} data-test="acting-sure-yes">
        {props.yes}
      </button>
      <button type="button" class="button" ref={no} onClick={props.onNo}>
        {ta("acting.no")}
      </button>
    </div>
  );
}
