//! What a client asks for outside the chats, one at a time and in order (envelope §1.6).

use alcove_engine::{Recording, TranscriptionRefused};
use alcove_proto::envelope::{Event, TranscribeAudio, TranscriptionError, TranscriptionResult, WebuiError, WebuiRequest, WebuiResponse};

use super::connection::{Connection, REQUESTS_WAITING};
use crate::{host, token};

/// Something that waits for its turn.
#[derive(Debug)]
pub(super) enum Wish {
    /// A `webui_request`.
    Request(WebuiRequest),
    /// A recording to be written down, under the client's id.
    Recording(String, Recording),
}

impl Connection {
    pub(super) fn request(&mut self, request: WebuiRequest) {
        if self.audience != token::Audience::Webui {
            return self.deny_request(request.request_id);
        }
        if self.requests.len() >= REQUESTS_WAITING {
            return self.refuse_request(request.request_id, 429, "too many requests wait; send it again later");
        }
        self.requests.push_back(Wish::Request(request));
        self.next_request();
    }

    /// `transcribe_audio`: in its turn among the requests, so that one client holds one recording at a time.
    pub(super) fn transcribe_audio(&mut self, wish: TranscribeAudio) {
        let Some(request_id) = wish.request_id.clone() else {
            return self.reply(&unwritten(None, &TranscriptionRefused::InvalidRequest));
        };
        if self.requests.len() >= REQUESTS_WAITING {
            return self.reply(&unwritten(Some(request_id), &TranscriptionRefused::InvalidRequest));
        }
        self.requests.push_back(Wish::Recording(request_id, Recording { data_url: wish.data_url, duration_ms: wish.duration_ms }));
        self.next_request();
    }

    /// Starts the oldest waiting request, when none runs.
    pub(super) fn next_request(&mut self) {
        if self.running.is_some() {
            return;
        }
        let (context, reach, surface, controls) = (self.context.clone(), self.reach, self.surface, self.controls());
        let request = match self.requests.pop_front() {
            Some(Wish::Request(request)) => request,
            Some(Wish::Recording(request_id, recording)) => {
                self.running = Some(Box::pin(async move {
                    match context.engine.transcribe(recording).await {
                        Ok(text) => Event::TranscriptionResult(TranscriptionResult { request_id, text }),
                        Err(refused) => unwritten(Some(request_id), &refused),
                    }
                }));
                return;
            }
            None => return,
        };
        self.running = Some(Box::pin(async move {
            // Only the gateway knows the window's process.
            let done = if request.action == host::PICK_FOLDER {
                context.host.pick_folder(reach).await
            } else {
                context.engine.request(&request, surface, controls).await.map_err(WebuiError::from)
            };
            let (result, error) = match done {
                Ok(result) => (Some(result), None),
                Err(refused) => (None, Some(refused)),
            };
            Event::WebuiResponse(WebuiResponse { request_id: request.request_id, ok: error.is_none(), result, error })
        }));
    }

    pub(super) fn deny_request(&mut self, request_id: String) {
        self.refuse_request(request_id, 403, "access_denied");
    }

    pub(super) fn refuse_request(&mut self, request_id: String, status: u16, message: &str) {
        let error = Some(WebuiError { status, message: message.to_owned() });
        self.reply(&Event::WebuiResponse(WebuiResponse { request_id, ok: false, result: None, error }));
    }
}

fn unwritten(request_id: Option<String>, refused: &TranscriptionRefused) -> Event {
    Event::TranscriptionError(TranscriptionError {
        request_id,
        detail: refused.detail().to_owned(),
        provider: refused.provider().map(str::to_owned),
    })
}
