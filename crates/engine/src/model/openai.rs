//! A call to an OpenAI-compatible server: attempts, waits, and the reading of the answer.
//!
//! An attempt is repeated only while no text and no call has come. The response is owned here and nowhere else, so dropping
//! the run closes the connection.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{self, HeaderValue};
use reqwest::{Response, StatusCode};
use tokio::time::{self, Instant};

use super::address::Address;
use super::answer::{Answer, MAX_REPLY_BYTES, Outcome, Progress, Trouble};
use super::chunk;
use super::error::{ModelError, Phase};
use super::extra::Extra;
use super::fault::{Fault, Peer};
use super::refusal;
use super::request::{self, Shape};
use super::retry::{RetryPlan, retry_after};
use super::{Endpoint, Limits, ModelCall, ModelEvent, Models, StepEnd};
use crate::secret::Secret;

/// The most of an error reply that is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// How long the usage is waited for once the model is done.
const CLOSING_LIMIT: Duration = Duration::from_secs(2);

/// A call under way.
pub(super) struct Run {
    models: Models,
    call: ModelCall,
    plan: RetryPlan,
    shape: Shape,
    attempt: u32,
    stage: Stage,
}

enum Stage {
    /// Not polled yet.
    Ready,
    /// About to send an attempt.
    Sending(Target),
    /// Waiting before an attempt.
    Waiting(Target, Instant),
    /// Reading the answer.
    Reading(Target, Box<Reading>),
    /// The terminal event is out.
    Over,
}

/// Where a call goes and how long it may take, worked out once.
struct Target {
    address: Address,
    extra: Extra,
    peer: Peer,
    limits: Limits,
    deadline: Instant,
}

struct Reading {
    body: Body,
    answer: Answer,
    sent: Instant,
    first: Option<Instant>,
    /// When the usage is no longer waited for; set once the model is done.
    closing: Option<Instant>,
    /// How the body ended, once it has; told after the text that came before.
    ended: Option<Result<(), Fault>>,
}

enum Body {
    Events(Response),
    Reply(Response),
}

/// The next thing an attempt brings.
enum Step {
    Event(ModelEvent),
    Failed(Fault),
}

impl Run {
    pub(super) fn new(models: &Models, call: ModelCall) -> Self {
        Self { models: models.clone(), plan: models.plan_for_call(), call, shape: Shape::usual(), attempt: 1, stage: Stage::Ready }
    }

    /// The next event; `None` after the terminal one. Not cancel-safe: the caller keeps the future between polls.
    pub(super) async fn next(&mut self) -> Option<ModelEvent> {
        loop {
            match std::mem::replace(&mut self.stage, Stage::Over) {
                Stage::Over => return None,
                Stage::Ready => match Target::of(&self.call) {
                    Ok(target) => {
                        let blind = self.models.blind.knows(&target.address, &self.call.model);
                        let shown = self.call.messages.last().is_some_and(|message| !message.images.is_empty());
                        self.stage = Stage::Sending(target);
                        if blind {
                            self.shape = self.shape.without_images();
                        }
                        if blind && shown {
                            let reason = format!("{} takes no images; it is asked without them.", self.call.model);
                            return Some(ModelEvent::Retrying { attempt: self.attempt, wait: Duration::ZERO, reason });
                        }
                    }
                    Err(error) => return Some(ModelEvent::Failed(error)),
                },
                Stage::Waiting(target, until) => {
                    time::sleep_until(until).await;
                    self.stage = Stage::Sending(target);
                }
                Stage::Sending(target) => match self.send(&target).await {
                    Ok(reading) => self.stage = Stage::Reading(target, Box::new(reading)),
                    Err(fault) => {
                        if let Some(event) = self.failed(target, fault) {
                            return Some(event);
                        }
                    }
                },
                Stage::Reading(target, mut reading) => match reading.next(&target).await {
                    Step::Event(event @ ModelEvent::Ended(_)) => return Some(event),
                    Step::Event(event) => {
                        self.stage = Stage::Reading(target, reading);
                        return Some(event);
                    }
                    Step::Failed(fault) if reading.answer.spoke() => return Some(ModelEvent::Failed(fault.error)),
                    Step::Failed(fault) => {
                        if let Some(event) = self.failed(target, fault) {
                            return Some(event);
                        }
                    }
                },
            }
        }
    }

    /// After an attempt failed without a word: the event to show, or `None` when it is repeated at once in another shape.
    fn failed(&mut self, target: Target, fault: Fault) -> Option<ModelEvent> {
        if let ModelError::Status { code: 400 | 422, message, .. } = &fault.error
            && let Some(shape) = self.shape.reshaped(message)
        {
            self.shape = shape;
            self.stage = Stage::Sending(target);
            return None;
        }
        if !self.call.tools.is_empty()
            && let Some(error) = refusal::of_tools(&fault.error)
        {
            return Some(ModelEvent::Failed(error));
        }
        if let ModelError::Status { code, message, .. } = &fault.error
            && self.shape.sends_images()
            && self.call.messages.iter().any(|message| !message.images.is_empty())
            && request::is_about_images(*code, message)
        {
            self.models.blind.remember(&target.address, &self.call.model);
            self.shape = self.shape.without_images();
            self.stage = Stage::Sending(target);
            let reason = format!("{} Asking again without the images.", fault.error);
            return Some(ModelEvent::Retrying { attempt: self.attempt, wait: Duration::ZERO, reason });
        }
        let Some(wait) = self.plan.wait(self.attempt, fault.again) else {
            return Some(ModelEvent::Failed(fault.error));
        };
        let until = Instant::now() + wait;
        if until >= target.deadline {
            return Some(ModelEvent::Failed(fault.error));
        }
        self.attempt += 1;
        self.stage = Stage::Waiting(target, until);
        Some(ModelEvent::Retrying { attempt: self.attempt, wait, reason: fault.error.to_string() })
    }

    /// Sends one attempt and reads the head of its response.
    async fn send(&self, target: &Target) -> Result<Reading, Fault> {
        let client = self.models.clients.for_address(&target.address, target.limits.connect).map_err(Fault::last)?;
        let mut request = client
            .post(target.extra.address(&target.address.below("/chat/completions")))
            .header(header::ACCEPT, "text/event-stream, application/json");
        if let Some(key) = &target.peer.key {
            request = request.header(header::AUTHORIZATION, bearer(key, target.address.text()).map_err(Fault::last)?);
        }
        let body = request::body(&self.call, self.shape);
        request = match target.extra.is_empty() {
            true => request.json(&body),
            false => target.extra.add_headers(request.json(&target.extra.add_body(&body))),
        };
        let sent = Instant::now();
        let response = match target.within(target.limits.idle, Phase::Begin, request.send()).await? {
            Ok(response) => response,
            Err(error) => return Err(target.peer.no_response(&error, target.limits.connect)),
        };
        if response.status() != StatusCode::OK {
            return Err(refusal(target, response).await);
        }
        let body = match content_type(&response) {
            kind if kind.contains("json") => Body::Reply(response),
            kind if kind.contains("html") => {
                return Err(target.peer.malformed("a web page"));
            }
            _ => Body::Events(response),
        };
        Ok(Reading { body, answer: Answer::to(&self.call.messages), sent, first: None, closing: None, ended: None })
    }
}

impl Target {
    fn of(call: &ModelCall) -> Result<Self, ModelError> {
        let Endpoint::OpenAi { api_base, api_key, extra } = &call.endpoint else {
            return Err(ModelError::BadAddress { why: "the demo has none".to_owned() });
        };
        let address = Address::parse(api_base)?;
        let peer = Peer { address: address.text().to_owned(), model: call.model.clone(), key: api_key.clone() };
        Ok(Self { address, extra: extra.clone(), peer, limits: call.limits, deadline: Instant::now() + call.limits.total })
    }

    /// Awaits `work` for at most `limit`, and never beyond the whole call's deadline.
    async fn within<T>(&self, limit: Duration, phase: Phase, work: impl Future<Output = T>) -> Result<T, Fault> {
        let until = Instant::now() + limit;
        let (until, phase, limit) = match until <= self.deadline {
            true => (until, phase, limit),
            false => (self.deadline, Phase::Total, self.limits.total),
        };
        match time::timeout_at(until, work).await {
            Ok(done) => Ok(done),
            Err(_) => Err(Fault::last(ModelError::Timeout { address: self.address.text().to_owned(), phase, limit })),
        }
    }
}

impl Reading {
    /// The next text, or how the answer ended.
    async fn next(&mut self, target: &Target) -> Step {
        loop {
            if let Some(event) = self.answer.next_event() {
                return Step::Event(event);
            }
            match self.ended.take() {
                Some(Ok(())) => return self.end(target),
                Some(Err(fault)) => return Step::Failed(fault),
                None => {}
            }
            let read = match &mut self.body {
                Body::Events(response) => read_events(response, &mut self.answer, target, self.closing).await,
                Body::Reply(response) => read_reply(response, &mut self.answer, target).await,
            };
            match read {
                Ok(Progress::More) => {}
                Ok(Progress::Closing) => {
                    let limit = target.limits.idle.min(CLOSING_LIMIT);
                    self.closing.get_or_insert_with(|| Instant::now() + limit);
                }
                Ok(Progress::Complete) => self.ended = Some(Ok(())),
                Err(fault) => self.ended = Some(Err(fault)),
            }
            if self.ended.is_some() {
                self.answer.release();
            }
            if let Some(Ok(())) = self.ended {
                self.answer.hand_over();
            }
            if self.first.is_none() && self.answer.spoke() {
                self.first = Some(Instant::now());
            }
        }
    }

    fn end(&self, target: &Target) -> Step {
        let Some(Outcome { finish, cut_calls, usage }) = self.answer.outcome() else {
            return Step::Failed(Fault::last(ModelError::Empty { address: target.address.text().to_owned() }));
        };
        Step::Event(ModelEvent::Ended(StepEnd {
            finish,
            cut_calls,
            usage,
            ttft: self.first.map(|first| first - self.sent),
            generation: self.first.unwrap_or(self.sent).elapsed(),
        }))
    }
}

/// Reads what has arrived of an event stream; `closing` is when the rest of a finished one is no longer waited for.
async fn read_events(response: &mut Response, answer: &mut Answer, target: &Target, closing: Option<Instant>) -> Result<Progress, Fault> {
    let phase = match answer.spoke() {
        true => Phase::Idle,
        false => Phase::Begin,
    };
    let limit = match closing {
        Some(until) => until.saturating_duration_since(Instant::now()),
        None => target.limits.idle,
    };
    let read = match target.within(limit, phase, response.chunk()).await {
        Ok(read) => read.map_err(|error| target.peer.cut(&error)),
        Err(fault) => Err(fault),
    };
    let progress = match read {
        Ok(Some(bytes)) => return answer.feed(&bytes).map_err(|trouble| fault_of(trouble, target)),
        // The model was done: a connection that ends badly after that took nothing away.
        Err(_) if closing.is_some() => return Ok(Progress::Complete),
        Err(fault) => return Err(fault),
        Ok(None) => answer.end().map_err(|trouble| fault_of(trouble, target))?,
    };
    match progress {
        Progress::Closing | Progress::Complete => Ok(Progress::Complete),
        Progress::More => Err(Fault::last(ModelError::Broken {
            address: target.address.text().to_owned(),
            why: "the server closed the connection in the middle".to_owned(),
        })),
    }
}

/// Reads a reply that is one JSON object.
async fn read_reply(response: &mut Response, answer: &mut Answer, target: &Target) -> Result<Progress, Fault> {
    let mut body = Vec::new();
    loop {
        match target.within(target.limits.idle, Phase::Begin, response.chunk()).await? {
            Ok(Some(bytes)) if body.len() + bytes.len() > MAX_REPLY_BYTES => {
                return Err(fault_of(Trouble::TooMuch, target));
            }
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            Ok(None) => break,
            Err(error) => return Err(target.peer.cut(&error)),
        }
    }
    answer.whole(&body).map_err(|trouble| fault_of(trouble, target))?;
    Ok(Progress::Complete)
}

fn fault_of(trouble: Trouble, target: &Target) -> Fault {
    let address = target.address.text().to_owned();
    match trouble {
        Trouble::LineTooLong => Fault::last(ModelError::LineTooLong { address }),
        Trouble::TooMuch => Fault::last(ModelError::TooMuch { address }),
        Trouble::Malformed(what) => target.peer.malformed(&what),
        Trouble::Server(said) => target.peer.reported(None, &said, None),
    }
}

/// What a response other than 200 means.
async fn refusal(target: &Target, mut response: Response) -> Fault {
    let status = response.status().as_u16();
    if response.status().is_redirection() {
        let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
        let said = chunk::ServerError { message: format!("it redirects to {to}"), ..Default::default() };
        return target.peer.reported(Some(status), &said, None);
    }
    let after = response.headers().get(header::RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?, Timestamp::now()));
    let mut body = Vec::new();
    // A reply cut short still has its status, so only what has arrived of it is used.
    while body.len() < MAX_ERROR_BYTES
        && let Ok(Ok(Some(bytes))) = target.within(target.limits.idle, Phase::Begin, response.chunk()).await
    {
        body.extend_from_slice(&bytes);
    }
    body.truncate(MAX_ERROR_BYTES);
    target.peer.reported(Some(status), &chunk::error_of_reply(&String::from_utf8_lossy(&body)), after)
}

fn content_type(response: &Response) -> String {
    let value = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_ascii_lowercase()
}

/// The key as a header that is left out of every debug print.
pub(super) fn bearer(key: &Secret, address: &str) -> Result<HeaderValue, ModelError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
        .map_err(|_| ModelError::Auth { address: address.to_owned(), message: "it holds characters that cannot be sent".to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}
