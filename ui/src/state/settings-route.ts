// The settings in the address: opening them is one step of the history, changing the section none, closing goes back.
import { effect } from "@preact/signals";
import { addressOf, current } from "./route.ts";
import { sectionOf, settingsAddress } from "./settings-place.ts";
import { settingsOpen } from "./settings.ts";

/** The open settings are a step this page made itself, so closing may undo it. */
let stepped = false;

function show(): void {
  const section = settingsOpen.value;
  const shown = sectionOf(window.location.hash);
  if (section === null) {
    if (shown === null) return;
    if (stepped) window.history.back();
    else window.history.replaceState(null, "", addressOf(current.peek()));
    stepped = false;
  } else if (shown === null) {
    window.history.pushState(null, "", settingsAddress(section));
    stepped = true;
  } else if (window.location.hash !== settingsAddress(section)) {
    window.history.replaceState(null, "", settingsAddress(section));
  }
}

function read(): void {
  const section = sectionOf(window.location.hash);
  if (section === null) stepped = false;
  settingsOpen.value = section;
}

export function followSettingsAddress(): void {
  read();
  effect(show);
  window.addEventListener("popstate", read);
  window.addEventListener("hashchange", read);
  let chat = current.peek();
  effect(() => {
    if (current.value === chat) return;
    chat = current.value;
    if (sectionOf(window.location.hash) === null) settingsOpen.value = null;
  });
}
