//! The offline demo: a scripted model that says it is one, for trying Alcove with nothing installed.
//!
//! It contacts nothing and is no model: the same prompt always brings the same words. Words of the prompt steer it,
//! see [`HELP`]; where tools are offered, it can also give a tour.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{self, Instant};

use super::error::ModelError;
use super::tour::{self, Step};
use super::{Finish, ModelCall, ModelEvent, Role, StepEnd, TokenUsage};

/// How the demo can be steered; part of its answers.
pub const HELP: &str = "\
- **long** brings an answer of two thousand words
- **slow** makes each word take ten times as long
- **error** ends the answer with an error
- **hang** brings nothing at all until you press Stop
";

/// The context window the demo claims, in tokens.
pub const CONTEXT_WINDOW: u64 = 32_768;

/// The name of its only model.
pub const MODEL: &str = "demo";

const WORD_TIME: Duration = Duration::from_millis(15);
const SLOW_WORD_TIME: Duration = Duration::from_millis(150);

/// Words of the long answer.
const LONG_WORDS: usize = 2000;

/// Words of the prompt that are repeated.
const ECHO_WORDS: usize = 30;

/// One answer being recited.
#[derive(Debug)]
pub(super) struct Performance {
    /// What is still to come; the last one is terminal.
    events: VecDeque<ModelEvent>,
    pace: Pace,
    began: Option<Instant>,
    first: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Word(Duration),
    /// Nothing ever comes.
    Hanging,
}

impl Performance {
    pub(super) fn new(call: &ModelCall) -> Self {
        let prompt = call.messages.iter().rev().find(|message| message.role == Role::User);
        let prompt = prompt.map(|message| message.content.as_str()).unwrap_or_default();
        let pace = match (has_word(prompt, "hang"), has_word(prompt, "slow")) {
            (true, _) => Pace::Hanging,
            (false, true) => Pace::Word(SLOW_WORD_TIME),
            (false, false) => Pace::Word(WORD_TIME),
        };
        Self { events: script(call, prompt), pace, began: None, first: None }
    }

    /// The next event, when its time has come. Not cancel-safe: the caller keeps the future between polls.
    pub(super) async fn next(&mut self) -> Option<ModelEvent> {
        let began = *self.began.get_or_insert_with(Instant::now);
        match self.pace {
            Pace::Hanging => std::future::pending().await,
            Pace::Word(time) if !self.events.is_empty() => time::sleep(time).await,
            Pace::Word(_) => {}
        }
        let mut event = self.events.pop_front()?;
        if let ModelEvent::Ended(end) = &mut event {
            end.ttft = self.first.map(|first| first - began);
            end.generation = self.first.unwrap_or(began).elapsed();
        }
        self.first.get_or_insert_with(Instant::now);
        Some(event)
    }
}

fn script(call: &ModelCall, prompt: &str) -> VecDeque<ModelEvent> {
    if let Some(step) = tour::step(call) {
        return guide(call, step);
    }
    let limit = limit(call);
    let reasoning = reasoning(prompt);
    let answer = answer(call, prompt);
    let all = words(&reasoning).map(|word| ModelEvent::Reasoning(word.to_owned()));
    let all = all.chain(words(&answer).map(|word| ModelEvent::Answer(word.to_owned())));
    let mut events: VecDeque<ModelEvent> = all.collect();
    let finish = match events.len() > limit {
        true => Finish::Length,
        false => Finish::Stop,
    };
    events.truncate(limit);
    events.push_back(match has_word(prompt, "error") {
        true => ModelEvent::Failed(ModelError::Reported {
            address: "the offline demo".to_owned(),
            message: "your prompt holds the word “error”, so this error was made on purpose".to_owned(),
        }),
        false => ModelEvent::Ended(StepEnd {
            finish,
            cut_calls: 0,
            usage: Some(usage(call, events.len())),
            ttft: None,
            generation: Duration::ZERO,
        }),
    });
    events
}

/// One step of the tour.
fn guide(call: &ModelCall, step: Step) -> VecDeque<ModelEvent> {
    let mut events: VecDeque<ModelEvent> = words(&step.words).map(|word| ModelEvent::Answer(word.to_owned())).collect();
    let cut = events.len() > limit(call);
    events.truncate(limit(call));
    let (finish, cut_calls) = match (cut, step.call) {
        (true, made) => (Finish::Length, usize::from(made.is_some())),
        (false, None) => (Finish::Stop, 0),
        (false, Some(made)) => {
            events.push_back(ModelEvent::Calling { name: made.name.clone() });
            events.push_back(ModelEvent::Calls(vec![made]));
            (Finish::ToolCalls, 0)
        }
    };
    let usage = Some(usage(call, events.len()));
    events.push_back(ModelEvent::Ended(StepEnd { finish, cut_calls, usage, ttft: None, generation: Duration::ZERO }));
    events
}

fn limit(call: &ModelCall) -> usize {
    call.max_tokens.map_or(usize::MAX, |tokens| usize::try_from(tokens).unwrap_or(usize::MAX))
}

fn reasoning(prompt: &str) -> String {
    let count = prompt.split_whitespace().count();
    format!(
        "A prompt of {count} {}. I cannot understand it, because I am a script. \
         I will greet, repeat the words, and show what an answer can look like.",
        plural(count, "word", "words")
    )
}

fn answer(call: &ModelCall, prompt: &str) -> String {
    let opening = "I am Alcove's offline demo, and no real model. ";
    if has_word(prompt, "error") {
        return format!("{opening}This answer was going well until ");
    }
    if has_word(prompt, "long") {
        return long_answer(opening);
    }
    let turns = call.messages.iter().filter(|message| message.role == Role::User).count();
    let count = prompt.split_whitespace().count();
    let images = images(call);
    let (invitation, tour) = match (call.tools.is_empty(), turns) {
        (true, _) => ("", ""),
        (false, ..=1) => (" Write **tour**, and I show you around.", tour::HELP),
        (false, _) => ("", tour::HELP),
    };
    format!(
        "{opening}Nothing you write here leaves this machine.{images}{invitation}\n\n\
         ## What you wrote\n\n\
         > {echo}\n\n\
         | In your prompt | Count |\n\
         | --- | ---: |\n\
         | Words | {count} |\n\
         | Characters | {characters} |\n\
         | Prompts in this chat | {turns} |\n\n\
         ## What I can show\n\n\
         Write one of these words to see more:\n\n\
         {tour}{HELP}\n\
         And this is a block of code:\n\n\
         ```rust\n\
         fn main() {{\n    \
             let words = {count};\n    \
             println!(\"You wrote {{words}} words.\");\n\
         }}\n\
         ```\n\n\
         Choose a real model in *Settings › Models* when you are ready.\n",
        echo = echo(prompt),
        characters = prompt.chars().count(),
    )
}

/// That images came, which the demo cannot see.
fn images(call: &ModelCall) -> String {
    let names: Vec<&str> = call.messages.last().map_or_else(Vec::new, |last| last.images.iter().map(|image| image.name.as_str()).collect());
    match names.as_slice() {
        [] => String::new(),
        names => format!(" I got {} {}, which I cannot see: {}.", names.len(), plural(names.len(), "image", "images"), names.join(", ")),
    }
}

fn long_answer(opening: &str) -> String {
    const PARAGRAPH: &str = "The light comes in from the left and stays a while. A chair, a table, a window that opens. \
        Outside, someone carries a ladder past the wall and does not look up. The kettle has its own opinion of time. \
        On the shelf stand eleven books, and between the seventh and the eighth there is a ticket for a train that \
        left long ago. Nothing here needs an answer; it only needs to be long.";
    let mut text = format!("{opening}Here are two thousand words, so that you can watch them come.\n\n");
    let mut count = text.split_whitespace().count();
    let mut chapter = 0;
    while count < LONG_WORDS {
        chapter += 1;
        let heading = format!("## Part {chapter}\n\n");
        count += heading.split_whitespace().count();
        text.push_str(&heading);
        let room = LONG_WORDS.saturating_sub(count);
        let paragraph: Vec<&str> = PARAGRAPH.split_whitespace().take(room).collect();
        count += paragraph.len();
        text.push_str(&paragraph.join(" "));
        text.push_str("\n\n");
    }
    text
}

/// The first words of the prompt on one line, without what Markdown would take for markup.
fn echo(prompt: &str) -> String {
    let mut words = prompt.split_whitespace();
    let mut echo: Vec<String> = words.by_ref().take(ECHO_WORDS).map(plain).collect();
    if words.next().is_some() {
        echo.push("…".to_owned());
    }
    match echo.is_empty() {
        true => "(nothing)".to_owned(),
        false => echo.join(" "),
    }
}

fn plain(word: &str) -> String {
    word.chars().take(80).filter(|c| !matches!(c, '`' | '*' | '_' | '#' | '<' | '>' | '[' | ']' | '|' | '\\' | '~')).collect()
}

fn usage(call: &ModelCall, completion: usize) -> TokenUsage {
    let prompt: usize = call.messages.iter().map(|message| message.content.split_whitespace().count()).sum();
    let count = |words: usize| u64::try_from(words).unwrap_or(u64::MAX);
    TokenUsage { prompt: count(prompt), completion: count(completion), total: count(prompt + completion), cached: None }
}

fn has_word(prompt: &str, word: &str) -> bool {
    prompt.split(|c: char| !c.is_alphanumeric()).any(|part| part.eq_ignore_ascii_case(word))
}

fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    match count {
        1 => one,
        _ => many,
    }
}

/// Words with the white space that follows them, so that joined they are the text again.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let gap = rest[word..].find(|c: char| !c.is_whitespace()).unwrap_or(rest.len() - word);
        let (piece, after) = rest.split_at(word + gap);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Endpoint, Limits, Message, Models, ToolSpec};
    use super::*;

    fn call(prompt: &str) -> ModelCall {
        ModelCall {
            endpoint: Endpoint::Demo,
            model: MODEL.to_owned(),
            messages: vec![Message::text(Role::User, prompt)],
            tools: Vec::new(),
            max_tokens: None,
            temperature: None,
            reasoning_effort: None,
            limits: Limits::default(),
        }
    }

    async fn perform(call: ModelCall) -> (String, String, ModelEvent) {
        let mut stream = Models::new().open(call);
        let (mut reasoning, mut answer) = (String::new(), String::new());
        loop {
            match stream.next().await.unwrap() {
                ModelEvent::Reasoning(text) => reasoning.push_str(&text),
                ModelEvent::Answer(text) => answer.push_str(&text),
                other @ (ModelEvent::Calling { .. } | ModelEvent::Calls(_)) => panic!("{other:?}"),
                end @ (ModelEvent::Retrying { .. } | ModelEvent::Ended(_) | ModelEvent::Failed(_)) => {
                    assert_eq!(stream.next().await, None);
                    return (reasoning, answer, end);
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_says_what_it_is_and_repeats_the_prompt() {
        let (reasoning, answer, end) = perform(call("Tell me about *boats*,\nplease")).await;
        assert!(reasoning.contains("prompt of 5 words"), "{reasoning}");
        assert!(answer.starts_with("I am Alcove's offline demo, and no real model."), "{answer}");
        for part in ["## What you wrote", "> Tell me about boats, please\n", "| Words | 5 |", "- **long**", "```rust"] {
            assert!(answer.contains(part), "{part} in {answer}");
        }
        let ModelEvent::Ended(end) = end else { panic!("{end:?}") };
        assert_eq!(end.finish, Finish::Stop);
        assert_eq!(end.ttft, Some(WORD_TIME));
        assert!(end.generation > Duration::from_secs(1));
        assert_eq!(end.usage.unwrap().prompt, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn the_tour_is_offered_where_it_can_be_given() {
        let tool = |name: &str| ToolSpec { name: name.to_owned(), description: String::new(), parameters: serde_json::json!({}) };
        let tools = ["write_file", "edit_file", "exec"].map(tool).to_vec();
        let (_, answer, _) = perform(call("Hello")).await;
        assert!(!answer.contains("tour"), "{answer}");
        let (_, answer, _) = perform(ModelCall { tools: tools.clone(), ..call("Hello") }).await;
        assert!(answer.contains("Write **tour**") && answer.contains("- **tour** shows"), "{answer}");
        let tour = ModelCall { tools, ..call("tour") };
        let mut events: Vec<ModelEvent> = Vec::new();
        let mut stream = Models::new().open(tour.clone());
        while let Some(event) = stream.next().await {
            events.push(event);
        }
        let [.., ModelEvent::Answer(_), ModelEvent::Calling { name }, ModelEvent::Calls(calls), ModelEvent::Ended(end)] = events.as_slice()
        else {
            panic!("{events:?}")
        };
        assert_eq!((name.as_str(), calls.len(), &end.finish), ("write_file", 1, &Finish::ToolCalls));
        let (_, _, end) = perform(ModelCall { max_tokens: Some(5), ..tour }).await;
        let ModelEvent::Ended(end) = end else { panic!("{end:?}") };
        assert_eq!((end.finish, end.cut_calls), (Finish::Length, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_prompt_brings_the_same_words() {
        assert_eq!(perform(call("Hello")).await, perform(call("Hello")).await);
    }

    #[tokio::test(start_paused = true)]
    async fn long_brings_two_thousand_words() {
        let (_, answer, _) = perform(call("A LONG story.")).await;
        assert_eq!(answer.split_whitespace().count(), LONG_WORDS);
    }

    #[tokio::test(start_paused = true)]
    async fn error_fails_after_some_text() {
        let (_, answer, end) = perform(call("an error please")).await;
        assert!(answer.contains("no real model"));
        assert!(matches!(end, ModelEvent::Failed(ModelError::Reported { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn slow_is_slower() {
        let began = Instant::now();
        perform(call("fast")).await;
        let fast = began.elapsed();
        let began = Instant::now();
        perform(call("slow")).await;
        assert!(began.elapsed() > fast * 9);
    }

    #[tokio::test(start_paused = true)]
    async fn hang_brings_nothing() {
        let mut stream = Models::new().open(call("hang"));
        assert!(time::timeout(Duration::from_secs(86_400), stream.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_limit_cuts_it() {
        let (_, _, end) = perform(ModelCall { max_tokens: Some(10), ..call("Hello") }).await;
        let ModelEvent::Ended(end) = end else { panic!("{end:?}") };
        assert_eq!((end.finish, end.usage.unwrap().completion), (Finish::Length, 10));
    }

    #[test]
    fn words_joined_are_the_text() {
        for text in ["", " ", "a", " a  b\n\nc ", "é ü\n"] {
            assert_eq!(words(text).collect::<String>(), text);
        }
    }
}
