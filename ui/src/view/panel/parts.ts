// What shows the agent at work beside the conversation, together in one chunk.
export { startedAt } from "../../state/acting.ts";
export { switchMode } from "../../state/mode.ts";
export { ActingChip } from "./actingchip.tsx";
export { SidePanel } from "./panel.tsx";
