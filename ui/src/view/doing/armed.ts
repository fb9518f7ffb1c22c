// Buttons that arm: pressed only some time after they appeared, after the focus came in, and after what waits changed around them.
import { useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ARM_MS, Arming, isHeldPress } from "../../state/arming.ts";
import { later } from "../../state/clock.ts";

export type Armed = {
  /** For the eye; the press itself is judged when it comes. */
  readonly ready: ReadonlySignal<boolean>;
  /** Runs what a button does, unless it is too early. */
  readonly press: (run: () => void) => void;
  readonly onPointerDownCapture: () => void;
  readonly onFocusIn: (event: FocusEvent) => void;
  readonly onKeyDownCapture: (event: KeyboardEvent) => void;
};

/** `around`: changes when something moves under the pointer. */
export function useArmed(around: unknown): Armed {
  const arming = useRef<Arming | null>(null);
  const ready = useSignal(false);
  const off = useRef(() => {});
  /** The pointer itself brings the focus: it was aimed at what stands here. */
  const aimed = useRef(false);
  const disturb = () => {
    const now = performance.now();
    if (arming.current === null) arming.current = new Arming(now);
    else arming.current.disturb(now);
    ready.value = false;
    off.current();
    off.current = later(ARM_MS, () => (ready.value = true));
  };
  useEffect(() => {
    disturb();
    return () => off.current();
  }, [around]);
  return {
    ready,
    press: (run) => {
      if (arming.current?.isArmed(performance.now()) === true) run();
    },
    onPointerDownCapture: () => {
      aimed.current = true;
      later(ARM_MS, () => (aimed.current = false));
    },
    onFocusIn: (event) => {
      if (aimed.current) return;
      const from = event.relatedTarget;
      const inside = from instanceof Node && event.currentTarget instanceof Node && event.currentTarget.contains(from);
      if (!inside) disturb();
    },
    onKeyDownCapture: (event) => {
      if (isHeldPress(event)) event.preventDefault();
    },
  };
}
