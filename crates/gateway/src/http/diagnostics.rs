//! `GET /api/diagnostics`: what a person may hand on when something goes wrong, as JSON to be read first or as an archive.

use std::io::{Cursor, Write as _};

use alcove_proto::diagnostics::DiagnosticFile;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::get;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode, Uri};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Shared, failed, query, text};
use crate::caller::Caller;
use crate::config::{Endpoint, Websocket};
use crate::gateway::Context;

/// What the archive is called, here and in the window.
const ATTACHMENT: &str = "attachment; filename=\"alcove-diagnostics.zip\"";

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/api/diagnostics", get(diagnostics))
}

async fn diagnostics(State(context): State<Shared>, Extension(caller): Extension<Caller>, uri: Uri) -> Response {
    let settings = serde_json::to_value(context.engine.settings(caller.surface()).await).unwrap_or_default();
    let more = vec![("settings.json", settings), ("gateway.json", gateway(&context, &caller))];
    let diagnostics = match context.engine.diagnostics(more).await {
        Ok(diagnostics) => diagnostics,
        Err(error) => return failed(&error),
    };
    match query(&uri, "format").as_deref() {
        Some("zip") => archive(&diagnostics.files),
        None | Some("json") => super::json(&diagnostics),
        Some(_) => text(StatusCode::BAD_REQUEST, "format is json or zip"),
    }
}

/// How the gateway is set up; of secrets, only whether there are any.
fn gateway(context: &Context, caller: &Caller) -> Value {
    let settings: &Websocket = &context.settings();
    json!({
        "reached_over": match &caller.peer.door.endpoint {
            Endpoint::Unix(_) => "unix_socket",
            Endpoint::Tcp(_) => "tcp",
        },
        "address": settings.address.as_ref().map(|address| {
            json!({ "port": address.port, "loopback": address.is_loopback() })
        }),
        "own_socket_place": settings.unix_socket_path.is_some(),
        "static_access": settings.token.is_some(),
        "issue_access": settings.token_issue_secret.is_some(),
        "ttl_s": settings.token_ttl.as_secs(),
        "requires_access": settings.requires_token,
        "clients_allowed": settings.allow_from.len(),
        "streaming": settings.streaming,
        "max_message_bytes": settings.max_message_bytes,
        "ping_s": [settings.ping_interval.as_secs(), settings.ping_timeout.as_secs()],
        "tls": settings.tls.is_some(),
        "public_url": settings.public_ws_url.is_some(),
        "trusted_proxy": settings.trusted_proxy.is_some(),
        "restart_required": context.restart_required(),
    })
}

/// The files in one archive, as they are: there is little to gain by packing them, and nothing then needs unpacking to be looked at.
fn archive(files: &[DiagnosticFile]) -> Response {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let written = files.iter().try_for_each(|file| {
        archive.start_file(&file.name, options)?;
        archive.write_all(file.content.as_bytes())?;
        Ok::<(), zip::result::ZipError>(())
    });
    match written.and_then(|()| archive.finish()) {
        Ok(archive) => {
            let mut response = Response::new(Body::from(archive.into_inner()));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
            response.headers_mut().insert(CONTENT_DISPOSITION, HeaderValue::from_static(ATTACHMENT));
            response
        }
        Err(error) => {
            alcove_engine::report::problem("the diagnostics could not be put together", &error);
            text(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn the_archive_holds_the_files_as_they_are() {
        let file = |name: &str, content: &str| DiagnosticFile { name: name.to_owned(), content: content.to_owned() };
        let files = [file("about.json", "{}"), file("log.txt", "a line\nzweite Zeile ü\n")];
        let response = archive(&files);
        assert_eq!(response.headers()[CONTENT_DISPOSITION], ATTACHMENT);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let mut read = zip::ZipArchive::new(Cursor::new(body)).unwrap();
        let mut seen = Vec::new();
        for index in 0..read.len() {
            let mut entry = read.by_index(index).unwrap();
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            seen.push(DiagnosticFile { name: entry.name().unwrap().into_owned(), content });
        }
        assert_eq!(seen, files);
    }
}
