// Shows whichever overlay is asked for, once its part of the page is here.
import { importing } from "../state/exchange.ts";
import { lightbox } from "../state/lightbox.ts";
import { paletteOpen } from "../state/palette.ts";
import { scopeMenu } from "../state/scope.ts";
import { queueOpen } from "../state/proposals.ts";
import { doing, overlays } from "./parts.ts";

/** Everything that waits for a person. */
function Queue() {
  if (!queueOpen.value) return null;
  const part = doing.here.value;
  if (part !== null) return <part.QueueDialog />;
  doing.load();
  return null;
}

export function Overlays() {
  return (
    <>
      <Queue />
      <Others />
    </>
  );
}

function Others() {
  const wanted = importing.value !== null || lightbox.value !== null || paletteOpen.value || scopeMenu.value !== null;
  if (!wanted) return null;
  const part = overlays.here.value;
  if (part === null) {
    overlays.load();
    return null;
  }
  return (
    <>
      <part.ScopeMenu />
      <part.Lightbox />
      <part.ImportDialog />
      <part.Palette />
    </>
  );
}
