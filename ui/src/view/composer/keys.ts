// The composer's keys: send, break the line, walk through what was sent before, and through the `/` commands.
import { useSignal, type ReadonlySignal, type Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { knownChat } from "../../state/chats.ts";
import { setText, text } from "../../state/compose.ts";
import { current } from "../../state/route.ts";
import { sendComposer } from "../../state/sending.ts";
import type { CommandRow } from "../../wire/types.ts";

export function useKeys(slash: ReadonlySignal<readonly CommandRow[]>, at: Signal<number>) {
  const back = useRef(0);
  const open = useSignal(true);
  const reset = () => {
    back.current = 0;
    at.value = 0;
    open.value = true;
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
  /** A command that takes nothing more is sent at once. */
  const pick = (row: CommandRow, how: "complete" | "run") => {
    setText(row.accepts_args || row.arg_hint !== "" ? `${row.command} ` : row.command);
    at.value = 0;
    if (how === "run" && !(row.accepts_args || row.arg_hint !== "")) sendComposer();
  };
  const inMenu = (event: KeyboardEvent): boolean => {
    const rows = slash.value;
    const row = rows[at.value];
    if (!open.value || row === undefined) return false;
    if (event.key === "ArrowDown") at.value = (at.value + 1) % rows.length;
    else if (event.key === "ArrowUp") at.value = (at.value + rows.length - 1) % rows.length;
    else if (event.key === "Tab" && !event.shiftKey) pick(row, "complete");
    else if (event.key === "Enter" && !event.shiftKey) pick(row, "run");
    else if (event.key === "Escape") open.value = false;
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
  return { open, reset, pick, onKey };
}
