// Details that open: what is in them is made only while they are, and a row that is drawn again has them as they were.
import { useSignal, type ReadonlySignal } from "@preact/signals";
import { isUnfolded, setUnfolded } from "../../state/unfolded.ts";

type Toggled = { readonly currentTarget: HTMLDetailsElement };

/** `key` names them in the whole page. */
export function useUnfold(key: string): { readonly open: ReadonlySignal<boolean>; readonly onToggle: (event: Toggled) => void } {
  const open = useSignal(isUnfolded(key));
  const onToggle = (event: Toggled) => {
    open.value = event.currentTarget.open;
    setUnfolded(key, open.value);
  };
  return { open, onToggle };
}
