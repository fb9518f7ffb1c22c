// What shows the agent at work beside the conversation, together in one chunk.
export { SidePanel } from "./panel.tsx";
