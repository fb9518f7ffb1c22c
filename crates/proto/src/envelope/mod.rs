//! The envelope protocol: JSON text frames over one WebSocket, many chats on it (envelope §1).

mod acting;
mod activity;
mod inbound;
mod mention;
mod outbound;
pub mod table;
mod turn;

pub use acting::{
    Because, Changes, ChangesExtent, ChangesWord, CommandEnded, FileOperation, Proposal, ProposalKind, ProposalResolved, ProposalState,
    ProposedCommand, ProposedFile, ProposedQuestion, RuleOffer, RuleSubject, StreamChunk,
};
pub use activity::{FileDiff, FileEdit, MediaUrl, MessageSource, ToolEvent, ToolPhase};
pub use inbound::{Attach, ForkChat, Frame, Inbound, Message, NewChat, SetWorkspaceScope, TranscribeAudio, WebuiRequest, read};
pub use outbound::{
    Attached, ChatState, ChatStateWord, Event, Ready, Resync, Run, RuntimeModelUpdated, SessionScope, SessionUpdated, SidebarStateUpdated,
    TranscriptionError, TranscriptionResult, Watching, WebuiError, WebuiResponse,
};
pub use turn::{
    Delta, FileEdits, ForkMarker, GoalBlob, GoalState, GoalStatus, GoalWord, MessageAccepted, MessageEvent, MessageKind, Notice,
    NoticeKind, Phase, ReasoningEnd, Steered, StreamEnd, TurnEnd, TurnModelUpdated, UserMessage,
};
