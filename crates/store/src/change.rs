//! What can be asked of the writer. A batch of changes is applied whole or not at all.

use rusqlite::Connection;

use crate::table::{answer, chat, checkpoint, entry, event, media, setting, token, turn, usage};
use crate::{AnswerRow, ChatRow, CheckpointRow, EntryRow, EntryState, Error, EventRow, MediaRow, TitleSource, TokenRow, TurnRow, UsageRow};

/// One change. Ids are checked by who sends them; times are milliseconds since the epoch. A change to a chat that is not
/// there is [`Error::NoChat`]; deleting what is not there is no error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the rows")]
pub enum Change {
    /// Makes a chat; [`Error::ChatExists`].
    CreateChat(ChatRow),
    /// Titles a chat; a generated title leaves a person's in place.
    SetChatTitle { chat: String, title: String, by_person: TitleSource },
    /// Sets the line of newest content.
    SetChatPreview { chat: String, preview: String },
    /// Sets where the chat works: JSON text.
    SetChatScope { chat: String, scope: String },
    /// Chooses the chat's model preset, or none.
    SetChatPreset { chat: String, preset: Option<String> },
    /// Sets what the chat used: JSON text.
    SetChatUsage { chat: String, usage: String },
    /// Says when something last happened in the chat.
    TouchChat { chat: String, at: i64 },
    /// Deletes a chat with its events, entries and turns.
    DeleteChat { chat: String },
    /// Appends an event right after the chat's last one; [`Error::Gap`], [`Error::Backwards`].
    AppendEvent(EventRow),
    /// Appends events one after another, as [`Change::AppendEvent`] does one.
    AppendEvents { chat: String, rows: Vec<EventRow> },
    /// Replaces the rows that exactly cover `first..=last` by `row`; [`Error::Fold`].
    FoldDeltas { chat: String, first: u64, last: u64, row: EventRow },
    /// Makes or replaces an entry by its path; [`Error::Final`].
    PutEntry(EntryRow),
    /// Adds to the text of an entry that is being made, up to `most` bytes in all; [`Error::Final`] for any other, and for more.
    ExtendEntry { chat: String, path: String, text: String, most: usize, at: i64 },
    /// Ends an entry whose text stays as it is; [`Error::Final`] for one that has ended, or is not there.
    EndEntry { chat: String, path: String, state: EntryState, outcome: Option<String>, at: i64 },
    /// Removes an entry by its path.
    RemoveEntry { chat: String, path: String },
    /// Makes or replaces a turn by its id.
    PutTurn(TurnRow),
    /// Says that a file belongs to a chat; a second time changes nothing.
    PutMedia(MediaRow),
    /// Adds what became of a path to what its turn had made of it before.
    PutCheckpoint(CheckpointRow),
    /// Says that the contents of a turn's checkpoints are not kept any more.
    LetCheckpointsGo { chat: String, turn: u64 },
    /// Sets a setting: JSON text.
    PutSetting { key: String, value: String },
    /// Deletes a setting.
    DeleteSetting { key: String },
    /// Makes or replaces a token by its hash.
    PutToken(TokenRow),
    /// Deletes a token.
    DeleteToken { hash: String },
    /// Deletes the tokens that are void at `now`.
    PurgeTokens { now: i64 },
    /// Keeps the answer to a request; [`Error::Answered`], [`Error::KeyReused`].
    PutAnswer(AnswerRow),
    /// Deletes the answers given before `before`.
    PurgeAnswers { before: i64 },
    /// Deletes all but the `newest` answers of a scope.
    LimitAnswers { scope: String, newest: u32 },
    /// Adds to what was used on a day.
    AddUsage(UsageRow),
}

impl Change {
    /// Performs the change inside the transaction that is open on `db`.
    pub(crate) fn apply(&self, db: &Connection) -> Result<(), Error> {
        match self {
            Change::CreateChat(row) => chat::create(db, row),
            Change::SetChatTitle { chat, title, by_person } => chat::set_title(db, chat, title, *by_person),
            Change::SetChatPreview { chat, preview } => chat::set_preview(db, chat, preview),
            Change::SetChatScope { chat, scope } => chat::set_scope(db, chat, scope),
            Change::SetChatPreset { chat, preset } => chat::set_preset(db, chat, preset.as_deref()),
            Change::SetChatUsage { chat, usage } => chat::set_usage(db, chat, usage),
            Change::TouchChat { chat, at } => chat::touch(db, chat, *at),
            Change::DeleteChat { chat } => chat::delete(db, chat),
            Change::AppendEvent(row) => event::append(db, row),
            Change::AppendEvents { chat, rows } => event::append_all(db, chat, rows),
            Change::FoldDeltas { chat, first, last, row } => event::fold(db, chat, (*first, *last), row),
            Change::PutEntry(row) => entry::put(db, row),
            Change::ExtendEntry { chat, path, text, most, at } => entry::extend(db, (chat, path), text, (*most, *at)),
            Change::EndEntry { chat, path, state, outcome, at } => entry::end(db, (chat, path), (*state, outcome.as_deref()), *at),
            Change::RemoveEntry { chat, path } => entry::remove(db, chat, path),
            Change::PutTurn(row) => turn::put(db, row),
            Change::PutMedia(row) => media::put(db, row),
            Change::PutCheckpoint(row) => checkpoint::put(db, row),
            Change::LetCheckpointsGo { chat, turn } => checkpoint::let_go(db, chat, *turn),
            Change::PutSetting { key, value } => setting::put(db, key, value),
            Change::DeleteSetting { key } => setting::delete(db, key),
            Change::PutToken(row) => token::put(db, row),
            Change::DeleteToken { hash } => token::delete(db, hash),
            Change::PurgeTokens { now } => token::purge(db, *now),
            Change::PutAnswer(row) => answer::put(db, row),
            Change::PurgeAnswers { before } => answer::purge(db, *before),
            Change::LimitAnswers { scope, newest } => answer::limit(db, scope, *newest),
            Change::AddUsage(row) => usage::add(db, row),
        }
    }

    /// Its size in the queue, in bytes: its place and the texts that can be long.
    pub(crate) fn bytes(&self) -> usize {
        let text = match self {
            Change::CreateChat(row) => row.title.len() + row.preview.len() + row.scope.len(),
            Change::SetChatTitle { title, .. } => title.len(),
            Change::SetChatPreview { preview, .. } => preview.len(),
            Change::SetChatScope { scope, .. } => scope.len(),
            Change::SetChatUsage { usage, .. } => usage.len(),
            Change::AppendEvent(row) | Change::FoldDeltas { row, .. } => row.payload.len(),
            Change::AppendEvents { rows, .. } => rows.iter().map(|row| size_of::<EventRow>() + row.payload.len()).sum(),
            Change::PutEntry(row) => row.body.len() + row.attributes.len(),
            Change::ExtendEntry { text, .. } => text.len(),
            Change::PutTurn(row) => row.usage.as_ref().map_or(0, String::len),
            Change::PutMedia(row) => row.file.len() + row.name.len(),
            Change::PutCheckpoint(row) => row.folder.len() + row.path.len(),
            Change::PutSetting { value, .. } => value.len(),
            Change::PutAnswer(row) => row.answer.len(),
            Change::SetChatPreset { .. }
            | Change::TouchChat { .. }
            | Change::DeleteChat { .. }
            | Change::EndEntry { .. }
            | Change::RemoveEntry { .. }
            | Change::LetCheckpointsGo { .. }
            | Change::DeleteSetting { .. }
            | Change::PutToken(_)
            | Change::DeleteToken { .. }
            | Change::PurgeTokens { .. }
            | Change::PurgeAnswers { .. }
            | Change::LimitAnswers { .. }
            | Change::AddUsage(_) => 0,
        };
        size_of::<Change>() + text
    }
}
