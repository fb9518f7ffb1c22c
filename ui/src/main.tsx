// The page's entry: connects, draws, and tells the native window about the first paint.
import { render } from "preact";
import { startApp } from "./state/app.ts";
import { keepPanel } from "./state/panel-kept.ts";
import { followSettingsAddress } from "./state/settings-route.ts";
import { followRestarts } from "./state/settings-restart.ts";
import { App } from "./view/app.tsx";
import { listenForKeys } from "./view/keys.ts";
import { loadPartsSoon } from "./view/parts.ts";
import { reportPaint } from "./wire/outside.ts";

const root = document.getElementById("app");
if (root !== null) {
  startApp();
  followSettingsAddress();
  followRestarts();
  listenForKeys();
  keepPanel();
  root.replaceChildren();
  render(<App />, root);
  reportPaint();
  loadPartsSoon();
}
