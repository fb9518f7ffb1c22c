// A modal dialog of the page: the element itself, shown when it is there, closed by Escape or a click beside it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** `focus`: on the first thing in it, or on the dialog as a whole. */
type Props = { class: string; label: string; test: string; focus: "first" | "whole"; close: () => void; onKeyDown?: (event: KeyboardEvent) => void; children: ComponentChildren };

export function Modal(props: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    if (props.focus === "whole") dialog.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
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
      onClose={props.close}
    >
      {props.children}
    </dialog>
  );
}
