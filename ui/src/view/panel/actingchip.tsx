// How the chat acts, in two words beside where it works: whether it may change things, and whether that asks; opens what can be said about it.
import { useEffect, useRef } from "preact/hooks";
import { ta } from "../../i18n/acting.ts";
import { actingHere, readActing, watchActing } from "../../state/acting.ts";
import type { ChatActing } from "../../wire/types.gen.ts";
import { Icon } from "../icon.tsx";
import { ActingMenu } from "./actingmenu.tsx";

const WIDTH = 360;

export function ActingChip() {
  const chip = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(watchActing, []);
  const here = actingHere.value;
  if (here === null) return null;
  const { facts, why } = here;
  const place = () => {
    const box = chip.current?.getBoundingClientRect();
    if (box === undefined || menu.current === null) return;
    menu.current.style.top = `${box.bottom + 4}px`;
    menu.current.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - WIDTH - 8))}px`;
  };
  const opened = (event: { newState: string }) => {
    if (event.newState !== "open") return;
    if (here.chat !== "") void readActing(here.chat);
    (menu.current?.querySelector<HTMLElement>("[aria-checked=true]:not(:disabled)") ?? menu.current)?.focus();
  };
  const looks = facts?.mode === "ask";
  const words = facts === null ? ta("acting.unknown") : ta(shortOf(facts));
  const marks = facts === null ? [] : marksOf(facts);
  return (
    <>
      <button type="button" class={`chip acting${facts?.preset === "full" && !looks ? " full" : ""}`} ref={chip} popovertarget="acting-menu" aria-haspopup="dialog" onClick={place} aria-label={[words, ...marks.map((one) => one.words)].join(", ")} title={facts === null ? why : [words, ...marks.map((one) => one.words)].join(", ") + ". " + hint(facts)} data-test="acting-chip">
        <span class="icon">
          <Icon name={looks ? "eye" : "edit"} />
        </span>
        <span class="label">{words}</span>
        {marks.map((one) => (
          <span key={one.icon} class={`mark ${one.icon}`} title={one.words}>
            <Icon name={one.icon} />
            {one.count}
          </span>
        ))}
        <Icon name="down" />
      </button>
      <div class="popover acting-menu" id="acting-menu" popover="auto" role="dialog" tabIndex={-1} aria-label={ta("acting.title")} ref={menu} onBeforeToggle={place} onToggle={opened} data-test="acting-menu">
        {facts === null ? <p class="scope-lock">{why}</p> : <ActingMenu facts={facts} close={() => menu.current?.hidePopover()} />}
      </div>
    </>
  );
}

type Mark = { icon: "globe" | "shield" | "terminal"; words: string; count?: number };

/** What a person should see without opening anything. */
function marksOf(facts: ChatActing): Mark[] {
  const marks: Mark[] = [];
  const commands = facts.commands.length;
  if (commands > 0) marks.push({ icon: "terminal", words: ta(commands === 1 ? "acting.commandOne" : "acting.commandMany", { n: commands }), count: commands });
  if (facts.network) marks.push({ icon: "globe", words: ta("acting.networkOn") });
  if (facts.sandbox.level <= 1) marks.push({ icon: "shield", words: ta("acting.noSandbox") });
  return marks;
}

const SHORT = { ask: "acting.acts", edit_freely: "acting.edits", full: "acting.never" } as const;
const LONG = { ask: "acting.actsText", edit_freely: "acting.preset.edit_freelyText", full: "acting.neverText" } as const;
const shortOf = (facts: ChatActing) => (facts.mode === "ask" ? "acting.looks" : SHORT[facts.preset]);

function hint(facts: ChatActing): string {
  return [ta(facts.mode === "ask" ? "acting.looksText" : LONG[facts.preset]), facts.sandbox.level <= 1 ? ta("acting.noSandbox") : ta("acting.heldBy", { provider: facts.sandbox.provider })].join(" ");
}
