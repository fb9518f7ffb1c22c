//! What a person does with a whole chat (envelope §1.6): deletes it, gives it a name. Both are told to every connection.

use alcove_proto::ChatId;
use alcove_proto::envelope::ChatStateWord;
use alcove_proto::id::SessionKey;
use alcove_store::{Change, TitleSource};
use serde_json::{Map, Value, json};

use crate::engine::Engine;
use crate::error::{Error, commit, read};
use crate::settings::Refused;
use crate::title;

/// `session.delete`: the chat is gone with everything in it; a turn that runs is stopped first.
pub(crate) async fn delete(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chat = key(payload)?;
    let shared = engine.shared();
    let name = chat.as_str().to_owned();
    let media = read(&shared.store, move |reader| match reader.chat(&name)? {
        Some(_) => Ok(Some(reader.media(&name)?)),
        None => Ok(None),
    });
    let known = media.await?;
    // A chat that is not in the store has a task only while somebody looks at it.
    let Some(media) = known else { return Ok(json!({ "deleted": false })) };
    let handle = engine.chat(&chat).await?;
    let deleted = handle.delete().await.map_err(|_| Refused::new(500, "failed to delete the session"))?;
    if deleted {
        engine.forget_chat(&handle);
        let forgotten = shared.acting.change(|acting| {
            acting.forget(chat.as_str());
            Ok::<(), Error>(())
        });
        forgotten.await?;
        shared.announcer.set_state(&chat, ChatStateWord::Idle, None);
        title::announce(shared, &chat);
        let (files, keeper) = (media.into_iter().map(|row| row.file).collect::<Vec<_>>(), engine.media().clone());
        // Files that stay for a while are found by the sweep.
        let forgotten = tokio::task::spawn_blocking(move || keeper.forget(&files)).await;
        forgotten.map_err(|_| Error::Closing)?;
    }
    Ok(json!({ "deleted": deleted }))
}

/// `session.rename`: the title a person gives; no model replaces it.
pub(crate) async fn rename(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chat = key(payload)?;
    let Some(title) = payload.get("title").and_then(Value::as_str) else { return Err(Refused::bad("title is required")) };
    let title = title::tidy(title);
    if title.is_empty() {
        return Err(Refused::bad("title is required"));
    }
    let shared = engine.shared();
    let change = Change::SetChatTitle { chat: chat.as_str().to_owned(), title: title.clone(), by_person: TitleSource::Person };
    match commit(&shared.store, vec![change]).await {
        Err(Error::Store(alcove_store::Error::NoChat { .. })) => return Err(Refused::new(404, "session not found")),
        saved => saved?,
    }
    title::announce(shared, &chat);
    Ok(json!({ "key": chat.session_key(), "title": title }))
}

/// The chat a payload names.
fn key(payload: &Map<String, Value>) -> Result<ChatId, Refused> {
    match SessionKey::parse(payload.get("key").and_then(Value::as_str).unwrap_or_default()) {
        SessionKey::Chat(chat) => Ok(chat),
        SessionKey::Malformed => Err(Refused::bad("invalid session key")),
        SessionKey::Foreign => Err(Refused::new(404, "session not found")),
    }
}
