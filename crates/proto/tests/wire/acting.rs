//! Samples of what is told of acting: proposals, their answers, output, changes.

use alcove_proto::acting::ApprovalPreset;
use alcove_proto::envelope::{
    Because, Changes, ChangesExtent, ChangesWord, CommandEnded, Event, FileDiff, FileOperation, Phase, Proposal, ProposalKind,
    ProposalResolved, ProposalState, ProposedCommand, ProposedFile, ProposedQuestion, RuleOffer, RuleSubject, Steered, StreamChunk,
};

use crate::sample::{MILLISECONDS, chat, turn};

const RECORD: &str = "log://turn_2/sh/cargo%20test";

/// Every sample under its name.
pub(crate) fn samples() -> Vec<(&'static str, Event)> {
    let boxed = |proposal| Event::Proposal(Box::new(proposal));
    let resolved = ProposalResolved {
        chat_id: chat(),
        proposal_id: RECORD.to_owned(),
        call_id: "call_1".to_owned(),
        state: ProposalState::Accepted,
        reason: None,
        command: None,
        rule: Some("allow command: cargo test *, in this chat".to_owned()),
        turn_id: Some(turn()),
        seq: Some(13),
    };
    let rejected = ProposalResolved {
        state: ProposalState::Rejected,
        reason: Some("Use the release profile.".to_owned()),
        rule: None,
        turn_id: None,
        seq: None,
        ..resolved.clone()
    };
    let changed = ProposalResolved { command: Some("cargo test --release".to_owned()), rule: None, ..resolved.clone() };
    let chunk = StreamChunk {
        chat_id: chat(),
        path: RECORD.to_owned(),
        call_id: "call_1".to_owned(),
        channel: 1,
        text: "running 3 tests\n".to_owned(),
        skipped: None,
        turn_id: Some(turn()),
        seq: Some(14),
    };
    let passing = StreamChunk { channel: 2, skipped: Some(70_000), seq: None, ..chunk.clone() };
    let ended = CommandEnded {
        chat_id: chat(),
        path: RECORD.to_owned(),
        call_id: "call_1".to_owned(),
        status: 200,
        how: "exit code 3".to_owned(),
        exit_code: Some(3),
        duration_ms: Some(61_500),
        turn_id: Some(turn()),
        created_at_ms: Some(MILLISECONDS),
        seq: Some(17),
    };
    let lost = CommandEnded {
        status: 499,
        how: "Alcove ended while it ran".to_owned(),
        exit_code: None,
        duration_ms: None,
        turn_id: None,
        ..ended.clone()
    };
    vec![
        ("proposal", boxed(command())),
        ("proposal.edit", boxed(edit())),
        ("proposal.question", boxed(question())),
        ("proposal_resolved", Event::ProposalResolved(resolved)),
        ("proposal_resolved.changed", Event::ProposalResolved(changed)),
        ("proposal_resolved.rejected", Event::ProposalResolved(rejected)),
        ("stream_chunk", Event::StreamChunk(chunk)),
        ("stream_chunk.passing", Event::StreamChunk(passing)),
        ("command_ended", Event::CommandEnded(ended)),
        ("command_ended.lost", Event::CommandEnded(lost)),
        ("changes", Event::Changes(changes())),
        ("changes.many", Event::Changes(Changes { more: Some(99_800), ..changes() })),
        ("changes.hunk", Event::Changes(turned_hunk())),
        ("steered", Event::Steered(Steered { chat_id: chat(), prompts: vec![turn()], turn_id: Some(turn()), seq: Some(16) })),
    ]
}

fn command() -> Proposal {
    let subject = RuleSubject { tool: Some("command".to_owned()), command: Some("cargo test *".to_owned()), ..RuleSubject::default() };
    Proposal {
        chat_id: chat(),
        proposal_id: RECORD.to_owned(),
        call_id: "call_1".to_owned(),
        tool: "exec".to_owned(),
        kind: ProposalKind::Command,
        title: "Run a command".to_owned(),
        command: Some(ProposedCommand {
            script: "cargo test".to_owned(),
            shown: "cargo test".to_owned(),
            cwd: "/home/me/app".to_owned(),
            network: false,
            background: false,
            limit_s: 120,
            sandbox: "bubblewrap, Landlock, seccomp".to_owned(),
        }),
        files: Vec::new(),
        question: None,
        address: None,
        why: "the preset “Ask” asks about commands".to_owned(),
        because: Some(Because::Preset { preset: ApprovalPreset::Ask, about: "command".to_owned(), outside: false }),
        digest: "ab".repeat(32),
        rules: vec![RuleOffer { words: "allow command: cargo test *".to_owned(), subject }],
        turn_id: Some(turn()),
        turn_phase: Some(Phase::Activity),
        turn_seq: Some(6),
        created_at_ms: Some(MILLISECONDS),
        seq: Some(12),
    }
}

fn edit() -> Proposal {
    let file = ProposedFile {
        path: "notes/a.txt".to_owned(),
        operation: FileOperation::Add,
        to: None,
        added: 1,
        deleted: 0,
        diff: Some(FileDiff {
            format: "unified".to_owned(),
            context: 3,
            truncated: false,
            text: "--- notes/a.txt\n+++ notes/a.txt\n@@ -0,0 +1 @@\n+line".to_owned(),
        }),
        notes: vec!["The folder notes is new.".to_owned()],
    };
    let moved =
        ProposedFile { operation: FileOperation::Move, to: Some("b.txt".to_owned()), diff: None, notes: Vec::new(), ..file.clone() };
    Proposal {
        tool: "write_file".to_owned(),
        kind: ProposalKind::Edit,
        title: "Write notes/a.txt".to_owned(),
        command: None,
        files: vec![file, moved],
        rules: Vec::new(),
        ..command()
    }
}

fn question() -> Proposal {
    Proposal {
        tool: "ask_user".to_owned(),
        kind: ProposalKind::Question,
        title: "A question".to_owned(),
        command: None,
        question: Some(ProposedQuestion { text: "Which one?".to_owned(), options: vec!["A".to_owned(), "B".to_owned()] }),
        address: Some("https://example.org/".to_owned()),
        rules: Vec::new(),
        turn_id: None,
        turn_phase: None,
        turn_seq: None,
        created_at_ms: None,
        seq: None,
        ..command()
    }
}

fn turned_hunk() -> Changes {
    Changes {
        action: ChangesWord::Reverted,
        extent: Some(ChangesExtent::Hunk),
        partly: Some(true),
        added: 0,
        note: None,
        turn_id: None,
        ..changes()
    }
}

fn changes() -> Changes {
    Changes {
        chat_id: chat(),
        action: ChangesWord::Made,
        turn: 2,
        paths: vec!["notes/a.txt".to_owned()],
        more: None,
        extent: None,
        partly: None,
        added: 1,
        deleted: 0,
        note: Some("1 file is too big to be restored.".to_owned()),
        turn_id: Some(turn()),
        created_at_ms: Some(MILLISECONDS),
        seq: Some(15),
    }
}
