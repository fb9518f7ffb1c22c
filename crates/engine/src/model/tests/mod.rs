//! Calls against real sockets: scripted servers on loopback, events rendered as one line of text.

mod answers;
mod calls;
mod cuts;
mod discovery;
mod faults;
mod server;
mod stop;

use std::time::Duration;

use super::error::ModelError;
use super::extra::Extra;
use super::retry::RetryPlan;
use super::{Endpoint, Finish, Limits, Message, ModelCall, ModelEvent, ModelStream, Models, Role};
use crate::secret::Secret;

/// Long enough for a busy machine; no test waits for it.
const GENEROUS: Limits = Limits { connect: Duration::from_secs(20), idle: Duration::from_secs(20), total: Duration::from_secs(60) };

/// Waits of a millisecond or two, decided by the seed.
const QUICK: RetryPlan = RetryPlan {
    attempts: 4,
    base: Duration::from_millis(1),
    cap: Duration::from_millis(2),
    retry_after_cap: Duration::from_millis(3),
    seed: 1,
};

const KEY: &str = "sk-test-0123456789abcdef";

fn models() -> Models {
    Models::with_retries(QUICK)
}

fn call(api_base: &str) -> ModelCall {
    ModelCall {
        endpoint: Endpoint::OpenAi { api_base: api_base.to_owned(), api_key: Some(Secret::new(KEY)), extra: Extra::default() },
        model: "m".to_owned(),
        messages: vec![Message::text(Role::User, "Hi")],
        tools: Vec::new(),
        max_tokens: Some(64),
        temperature: None,
        reasoning_effort: None,
        limits: GENEROUS,
    }
}

/// The events of a call until its end as one line, runs of text joined. Fails when more follows the end.
async fn told(mut stream: ModelStream) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut run: Option<(char, String)> = None;
    let mut over = false;
    while let Some(event) = stream.next().await {
        assert!(!over, "{event:?} after the end");
        let (mark, text) = match event {
            ModelEvent::Reasoning(text) => ('r', text),
            ModelEvent::Answer(text) => ('a', text),
            event @ (ModelEvent::Retrying { .. }
            | ModelEvent::Calling { .. }
            | ModelEvent::Calls(_)
            | ModelEvent::Ended(_)
            | ModelEvent::Failed(_)) => {
                told.extend(run.take().map(|(mark, text)| shown(mark, &text)));
                over = matches!(event, ModelEvent::Ended(_) | ModelEvent::Failed(_));
                told.push(word_of(&event));
                continue;
            }
        };
        match &mut run {
            Some((last, joined)) if *last == mark => joined.push_str(&text),
            _ => told.extend(run.replace((mark, text)).map(|(mark, text)| shown(mark, &text))),
        }
    }
    assert!(over, "no end after {told:?}");
    assert_eq!(stream.next().await, None);
    told.join(" ")
}

fn shown(mark: char, text: &str) -> String {
    match text.len() {
        0..=100 => format!("{mark}{text:?}"),
        length => format!("{mark}[{length}]"),
    }
}

fn word_of(event: &ModelEvent) -> String {
    match event {
        ModelEvent::Retrying { attempt, .. } => format!("retry:{attempt}"),
        ModelEvent::Failed(ModelError::Status { code, .. }) => format!("failed:status:{code}"),
        ModelEvent::Failed(ModelError::Timeout { phase, .. }) => format!("failed:timeout:{phase:?}"),
        ModelEvent::Failed(error) => format!("failed:{}", error.kind()),
        ModelEvent::Ended(end) => {
            let finish = match &end.finish {
                Finish::Other(word) => word.clone(),
                known @ (Finish::Stop | Finish::Length | Finish::ToolCalls | Finish::ContentFilter) => format!("{known:?}").to_lowercase(),
            };
            let cut = match end.cut_calls {
                0 => String::new(),
                cut => format!("(cut {cut})"),
            };
            match end.usage {
                Some(usage) => format!("{finish}{cut}:{}+{}={}", usage.prompt, usage.completion, usage.total),
                None => format!("{finish}{cut}"),
            }
        }
        ModelEvent::Calling { name } => format!("calling:{name}"),
        ModelEvent::Calls(calls) => {
            let calls: Vec<String> = calls.iter().map(|call| format!("{}={}{}", call.id, call.name, call.arguments)).collect();
            format!("calls[{}]", calls.join(" "))
        }
        ModelEvent::Reasoning(_) | ModelEvent::Answer(_) => unreachable!("text is joined by the caller"),
    }
}
