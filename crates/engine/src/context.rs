//! How much of a chat the model is shown (envelope §2.4). Reads only; what it counts is what the next turn's packet would hold.

use alcove_agent::packet::{self, Budget};
use alcove_agent::verdict::Dialect;
use alcove_proto::ChatId;
use alcove_proto::session::SessionContext;
use alcove_store::Visibility;

use crate::chat::entries;
use crate::engine::Engine;
use crate::error::{Error, read};

impl Engine {
    /// What the model sees of a chat; `None` when there is no such chat.
    pub async fn context(&self, chat: &ChatId) -> Result<Option<SessionContext>, Error> {
        let name = chat.as_str().to_owned();
        let found = read(&self.shared().store, move |reader| {
            let Some(row) = reader.chat(&name)? else { return Ok(None) };
            Ok(Some((reader.entries(&name)?, row)))
        });
        let Some((mut rows, row)) = found.await? else { return Ok(None) };
        rows.sort_by_key(|row| (row.turn, row.seq));
        let total_messages = rows.len();
        let estimated_session_tokens = rows.iter().map(|row| packet::estimate(&row.body)).sum();
        let archived_messages = rows.iter().filter(|row| row.visibility != Visibility::Visible).count();
        rows.retain(|row| row.visibility == Visibility::Visible);
        let entries = entries(&self.shared().media, rows).await?;
        let catalog = self.shared().shelf.current();
        let preset = row.preset.as_deref().or(catalog.active.as_deref()).and_then(|name| catalog.preset(name));
        let budget = Budget {
            context: preset.as_ref().and_then(|preset| preset.context_window_tokens),
            answer: preset.as_ref().and_then(|preset| preset.max_tokens).map(u64::from),
            tools: 0,
        };
        let shown = packet::build("", &entries, budget, Dialect::Native);
        let replayed = entries.chunk_by(|one, next| one.turn == next.turn).skip(shown.left_out).flatten();
        let (replay_messages, estimated_replay_tokens) =
            replayed.fold((0, 0), |(count, tokens), entry| (count + 1, tokens + packet::estimate(&entry.body)));
        Ok(Some(SessionContext {
            schema_version: 1,
            session_key: chat.session_key(),
            total_messages,
            archived_messages,
            replay_messages,
            estimated_replay_tokens,
            estimated_summary_tokens: 0,
            estimated_session_tokens,
            archived_summary: None,
            archived_summary_at: None,
            last_usage: row.usage.as_deref().and_then(|usage| serde_json::from_str(usage).ok()),
        }))
    }
}
