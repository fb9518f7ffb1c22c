// Something a person asked for that takes a moment and may fail: whether it runs, and in which words it failed.
import { useSignal, type ReadonlySignal } from "@preact/signals";
import { words } from "../state/words.ts";

export type Work = { readonly busy: ReadonlySignal<boolean>; readonly why: ReadonlySignal<string>; /** Never throws. */ readonly run: (work: () => Promise<unknown>) => Promise<void> };

export function useWork(): Work {
  const busy = useSignal(false);
  const why = useSignal("");
  const run = async (work: () => Promise<unknown>) => {
    busy.value = true;
    why.value = "";
    try {
      await work();
    } catch (error) {
      why.value = words(error);
    }
    busy.value = false;
  };
  return { busy, why, run };
}
