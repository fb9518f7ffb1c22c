// A modal dialog of the page: the element itself, shown when it is there, closed by Escape or a click beside it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

type Props = { class: string; label: string; test: string; close: () => void; onKeyDown?: (event: KeyboardEvent) => void; children: ComponentChildren };

export function Modal(props: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
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
