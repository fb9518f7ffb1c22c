//! Reading commands, workspaces, the sidebar and settings (envelope §2.5 to 2.7, §2.11). Changes come over the WebSocket.

use alcove_engine::settings::{Refused, Surroundings};
use alcove_proto::http::{COMMANDS, Commands, Surface};
use axum::Router;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::get;
use http::{StatusCode, Uri};

use super::bootstrap::capabilities;
use super::{Shared, failed, json, query, text};
use crate::caller::{Caller, Reach};
use crate::config::Endpoint;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/commands", get(commands))
        .route("/api/workspaces", get(workspaces))
        .route("/api/webui/sidebar-state", get(sidebar))
        .route("/api/settings", get(settings))
        .route("/api/settings/provider-models", get(provider_models))
        .route("/api/settings/usage", get(usage))
        .route("/api/settings/api-service", get(api_service))
}

async fn commands() -> Response {
    json(&Commands { commands: COMMANDS.to_vec() })
}

/// Who sits at this machine may choose any folder; in the window everyone does.
async fn workspaces(State(context): State<Shared>, Extension(caller): Extension<Caller>) -> Response {
    let mut workspaces = context.engine.workspaces();
    let near = caller.reach == Reach::Local || caller.surface() == Surface::Native;
    workspaces.controls.can_change_project = near;
    workspaces.controls.can_use_full_access = near;
    workspaces.controls.can_pick_folder = near && context.host.picks_folders(caller.reach);
    json(&workspaces)
}

async fn sidebar(State(context): State<Shared>) -> Response {
    json(&*context.engine.sidebar())
}

/// The configuration file is looked at again, so that a page tells of a change that waits for a restart.
async fn settings(State(context): State<Shared>, Extension(caller): Extension<Caller>) -> Response {
    context.engine.surround(Surroundings {
        native: (caller.surface() == Surface::Native).then(|| capabilities(&context, &caller)),
        config_path: Some(context.config_path().to_owned()),
        listener: match &caller.peer.door.endpoint {
            Endpoint::Tcp(address) => Some((address.ip().to_string(), address.port())),
            Endpoint::Unix(_) => None,
        },
        changed: context.restart_required(),
    });
    json(&context.engine.settings(caller.surface()).await)
}

async fn usage(State(context): State<Shared>) -> Response {
    match context.engine.usage().await {
        Ok(usage) => json(&usage),
        Err(error) => failed(&error),
    }
}

async fn api_service(State(context): State<Shared>) -> Response {
    json(&context.engine.api_service())
}

async fn provider_models(State(context): State<Shared>, uri: Uri) -> Response {
    let provider = query(&uri, "provider");
    match context.engine.provider_models(provider.as_deref()).await {
        Ok(models) => json(&models),
        Err(refused) => refusal(refused),
    }
}

fn refusal(refused: Refused) -> Response {
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    text(status, refused.message)
}
