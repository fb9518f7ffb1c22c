//! Chats as their clients see them: turns and how they end, prompts that wait, commands, many clients at once, and resuming.

mod clients;
mod commands;
mod faults;
mod queue;
mod resume;
mod turns;
