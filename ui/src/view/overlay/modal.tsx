// A modal dialog of the page: the element itself, shown when it is there, closed by Escape or a click beside it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** `focus`: on the first thing in it, or on the dialog as a whole. */
type Props = { class: string; label: string; test: string; focus: "first" | "whole"; close: () => void; onKeyDown?: (event: KeyboardEvent) => void; children: ComponentChildren };

export function Modal(props: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const gone = useRef(false);
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    if (props.focus === "whole") element?.focus();
    return () => {
      // As long as it is open, nothing beside it takes the focus. It tells of its end later, when another may be open in its place.
      gone.current = true;
      element?.close();
      // What opened it may be gone with what was done in it.
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
      else document.getElementById("composer")?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      class={props.class}
      aria-label={props.label}
      data-test={props.test}
      onKeyDown={props.onKeyDown}
      onClick={(event) => event.target === dialog.current && props.close()}
      onCancel={(event) => (event.preventDefault(), props.close())}
      onClose={() => gone.current || props.close()}
    >
      {props.children}
    </dialog>
  );
}
