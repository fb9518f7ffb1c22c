//! `files.find`: what a person types of a file's path, looked for in the folder their chat works in. Changes nothing.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use alcove_proto::ChatId;
use alcove_proto::files::{FoundFile, FoundFiles};
use alcove_proto::scope::StoredScope;
use serde_json::{Map, Value};

use super::Refused;
use super::acting::chat_of;
use crate::engine::Engine;
use crate::error::Error;
use crate::files::{Limits, Waiting, Words};
use crate::scope::{self, Controls};

/// Files that are given at most.
const FOUND_MAX: u64 = 100;
/// Characters of what is looked for.
const QUERY_CHARS: usize = 400;

pub(super) async fn find(engine: &Engine, payload: &Map<String, Value>, controls: Controls) -> Result<Value, Refused> {
    let results = match payload.get("limit") {
        None | Some(Value::Null) => Limits::FIND.results,
        Some(limit) => {
            let limit = limit.as_u64().filter(|limit| (1..=FOUND_MAX).contains(limit));
            limit.and_then(|limit| usize::try_from(limit).ok()).ok_or_else(|| Refused::bad(format!("limit must be 1 to {FOUND_MAX}")))?
        }
    };
    let query = match payload.get("query") {
        None | Some(Value::Null) => "",
        Some(Value::String(query)) if query.chars().count() <= QUERY_CHARS => query,
        Some(Value::String(_)) => return Err(Refused::bad(format!("query may have {QUERY_CHARS} characters"))),
        Some(_) => return Err(Refused::bad("query must be a string")),
    };
    let (chat, scope) = place(engine, payload, controls).await?;
    let (words, hands, over) = (Words::read(query), engine.shared().hands.clone(), Arc::new(AtomicBool::new(false)));
    let _waiting = Waiting(over.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let tree = hands.folder(chat.as_ref(), &scope);
        let tree = tree.map_err(|error| Refused::new(404, format!("the folder cannot be opened: {error}")))?;
        let limits = Limits { results, ..Limits::FIND };
        tree.find(&words, limits, &over).map_err(|error| Refused::new(error.status, error.words))
    });
    let found = looked.await.map_err(|_| Error::Closing)??;
    let files = found.paths.into_iter().map(|(path, folder)| FoundFile { path, folder }).collect();
    Ok(serde_json::to_value(FoundFiles { files, truncated: found.truncated }).expect("bodies hold nothing JSON cannot say"))
}

/// Whose folder is looked in: a chat's, or one that a chat would get if this client asked for it.
async fn place(engine: &Engine, payload: &Map<String, Value>, controls: Controls) -> Result<(Option<ChatId>, StoredScope), Refused> {
    match (payload.get("chat_id"), payload.get("workspace_scope")) {
        (Some(_), Some(_)) => Err(Refused::bad("give chat_id or workspace_scope, not both")),
        (None, Some(asked)) => {
            let default = engine.shared().default_scope();
            let scope = scope::read(asked, &default).map_err(Refused::bad)?;
            scope::allowed(controls, &default, &scope).map_err(|reason| Refused::new(403, reason))?;
            Ok((None, scope))
        }
        (_, None) => {
            let chat = chat_of(payload)?;
            let scope = engine.scope(&chat).await?;
            Ok((Some(chat), scope))
        }
    }
}
