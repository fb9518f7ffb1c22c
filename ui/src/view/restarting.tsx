// Above the conversation while something waits for a restart or one is under way; its parts are read only then.
import { restart, waitingSections } from "../state/settings-restart.ts";
import { restartBanner } from "./parts.ts";

export function Restarting() {
  if (waitingSections.value.length === 0 && restart.value.state === "idle") return null;
  const part = restartBanner.here.value;
  if (part !== null) return <part.RestartBanner />;
  restartBanner.load();
  return null;
}
