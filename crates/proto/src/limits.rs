//! The numbers both sides agree on. Sizes are bytes, times are as named.

/// Longest text of one message.
pub const MAX_TEXT_BYTES: usize = 65_536;
/// Largest WebSocket message once a connection is authenticated: 36 MiB.
pub const MAX_FRAME_BYTES: usize = 37_748_736;
/// What an envelope may add around its attachments.
pub const ENVELOPE_RESERVE_BYTES: usize = 65_536;
/// Attachments of one message.
pub const MAX_ATTACHMENTS: usize = 4;
/// One attachment.
pub const MAX_ATTACHMENT_BYTES: usize = 6_291_456;
/// All attachments of one message.
pub const MAX_ATTACHMENTS_BYTES: usize = 25_165_824;
/// Prompts that may wait while a turn runs.
pub const QUEUE_SLOTS: usize = 20;
/// Deepest nesting of an inbound JSON document.
pub const MAX_JSON_DEPTH: usize = 64;
/// Longest self-declared client id; longer ones are cut.
pub const MAX_CLIENT_ID_CHARS: usize = 128;
/// Default number of messages of a thread page.
pub const THREAD_PAGE_DEFAULT: u32 = 160;
/// Largest number of messages of a thread page.
pub const THREAD_PAGE_MAX: u32 = 1000;
/// Longest title of a chat, in characters.
pub const MAX_TITLE_CHARS: usize = 60;
