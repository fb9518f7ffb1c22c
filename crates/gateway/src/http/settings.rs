//! Reading commands, workspaces and settings (envelope §2.5 to 2.7). Changes come over the WebSocket.

use alcove_proto::http::{COMMANDS, Commands};
use axum::extract::{Extension, State};
use axum::response::Response;
use http::{StatusCode, Uri};

use super::{Shared, json, query, text};
use crate::caller::Caller;

pub(super) async fn commands() -> Response {
    json(&Commands { commands: COMMANDS.to_vec() })
}

pub(super) async fn workspaces(State(context): State<Shared>) -> Response {
    json(&context.engine.workspaces())
}

pub(super) async fn settings(State(context): State<Shared>, Extension(caller): Extension<Caller>) -> Response {
    json(&context.engine.settings(caller.surface()).await)
}

pub(super) async fn provider_models(State(context): State<Shared>, uri: Uri) -> Response {
    let provider = query(&uri, "provider");
    match context.engine.provider_models(provider.as_deref()).await {
        Ok(models) => json(&models),
        Err(refused) => {
            let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            text(status, refused.message)
        }
    }
}
