// How close things stand and when times show; kept in this browser or window. `theme.js` puts the same on the page before it is drawn.
import { signal } from "@preact/signals";

export type Density = "comfortable" | "compact";
export type Times = "hover" | "always";
const DENSITY = "alcove.density";
const TIMES = "alcove.times";

export const density = signal<Density>(window.localStorage.getItem(DENSITY) === "compact" ? "compact" : "comfortable");
export const times = signal<Times>(window.localStorage.getItem(TIMES) === "always" ? "always" : "hover");

function keep(key: string, name: "density" | "times", value: string, usual: string): void {
  if (value === usual) {
    window.localStorage.removeItem(key);
    delete document.documentElement.dataset[name];
  } else {
    window.localStorage.setItem(key, value);
    document.documentElement.dataset[name] = value;
  }
}

export function chooseDensity(choice: Density): void {
  density.value = choice;
  keep(DENSITY, "density", choice, "comfortable");
}

export function chooseTimes(choice: Times): void {
  times.value = choice;
  keep(TIMES, "times", choice, "hover");
}
