// The composer's keys: send, break the line, walk through what was sent before, and through the list that is open above it.
import type { ReadonlySignal, Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { knownChat } from "../../state/chats.ts";
import { setText, text } from "../../state/compose.ts";
import { current } from "../../state/route.ts";
import { sendComposer } from "../../state/sending.ts";
import type { Offer } from "./offering.ts";

export function useKeys(offer: ReadonlySignal<Offer | null>, at: Signal<number>) {
  const back = useRef(0);
  /** A row of the open list was chosen with the arrows. */
  const walked = useRef(false);
  const reset = () => {
    back.current = 0;
    walked.current = false;
  };
  const recall = (step: number) => {
    const id = current.value;
    const rows = id === null ? [] : (knownChat(id)?.state.messages ?? []);
    const prompts = rows.filter((row) => row.role === "user" && !row.content.startsWith("/"));
    const next = Math.max(0, Math.min(prompts.length, back.current + step));
    if (next === back.current) return;
    back.current = next;
    setText(next === 0 ? "" : (prompts.at(-next)?.content ?? ""));
  };
  const walk = (open: Offer, step: 1 | -1) => {
    walked.current = true;
    at.value = (at.value + open.rows + step) % open.rows;
  };
  const inMenu = (event: KeyboardEvent): boolean => {
    const open = offer.value;
    if (open === null) return false;
    if (event.key === "Escape") open.close();
    else if (open.rows === 0) return false;
    else if (event.key === "ArrowDown") walk(open, 1);
    else if (event.key === "ArrowUp") walk(open, -1);
    else if (event.key === "Tab" && !event.shiftKey) open.take(at.value, "complete");
    else if (event.key === "Enter" && !event.shiftKey) open.take(at.value, walked.current ? "run" : "named");
    else return false;
    return true;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const browsing = text.value === "" || back.current > 0;
    if (inMenu(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      back.current = 0;
      sendComposer();
    } else if (event.key === "ArrowUp" && browsing) {
      event.preventDefault();
      recall(1);
    } else if (event.key === "ArrowDown" && back.current > 0) {
      event.preventDefault();
      recall(-1);
    }
  };
  return { reset, onKey };
}
