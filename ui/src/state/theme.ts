// Light, dark or as the system says; `theme.js` puts the same choice on the page before it is first drawn.
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const KEY = "alcove.theme";

function read(): Theme {
  const kept = window.localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export const theme = signal<Theme>(read());

export function chooseTheme(choice: Theme): void {
  theme.value = choice;
  if (choice === "system") {
    window.localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    window.localStorage.setItem(KEY, choice);
    document.documentElement.dataset.theme = choice;
  }
}
