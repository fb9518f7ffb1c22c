// What shows the agent's doing in a conversation, together in one chunk: details of calls, what waits for a person, what a turn changed.
export { CallBody, EditBody } from "./callbody.tsx";
export { ChangesRow } from "./changesrow.tsx";
export { ProposalRow } from "./proposalrow.tsx";
export { QueueBar } from "./queuebar.tsx";
export { QueueDialog } from "./queuedialog.tsx";
