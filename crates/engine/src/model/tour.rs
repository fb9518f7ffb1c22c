//! The demo's tour: a program is written, run, seen to fail, corrected and run again, so that a newcomer sees an agent act.
//!
//! Pure and without memory: the next step follows from what the tools answered since the last prompt. An answer the script does
//! not expect ends it, with the answer shown.

use serde_json::{Value, json};

use super::{Message, ModelCall, Role, ToolCall};

/// How it is asked for; part of the demo's answers where tools are offered.
pub(super) const HELP: &str = "- **tour** shows you around: I write a program, run it, see it fail, and correct it\n";

const WRITE: &str = "write_file";
const EDIT: &str = "edit_file";
const RUN: &str = "exec";

const PATH: &str = "alcove-tour/greet.sh";
const COMMAND: &str = "sh alcove-tour/greet.sh World";
const WRONG: &str = "if [ -n \"$name\" ]; then";
const RIGHT: &str = "if [ -z \"$name\" ]; then";
/// What the program says as long as it is wrong, and when it is right.
const COMPLAINT: &str = "no name was given";
const GREETING: &str = "Hello, World!";

/// What a tool's answer holds when a person did not want the call.
const REJECTIONS: [&str; 3] = ["reject", "declined", "said no"];

/// The most of an unexpected answer that is shown, in characters.
const SHOWN_CHARS: usize = 600;

/// One step: what is said, and then done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) words: String,
    pub(super) call: Option<ToolCall>,
}

/// The next step, if the last prompt asks for the tour and tools are offered.
pub(super) fn step(call: &ModelCall) -> Option<Step> {
    let prompt = call.messages.iter().rposition(|message| message.role == Role::User)?;
    if call.tools.is_empty() || !is_asked(&call.messages[prompt].content) {
        return None;
    }
    let offered = |name: &&str| call.tools.iter().any(|tool| tool.name == **name);
    let missing: Vec<&str> = [WRITE, EDIT, RUN].into_iter().filter(|name| !offered(name)).collect();
    let since = &call.messages[prompt..];
    let made: Vec<&ToolCall> = since.iter().flat_map(|message| &message.calls).collect();
    let number = call.messages.iter().map(|message| message.calls.len()).sum::<usize>() + 1;
    let does = |words: &str, name: &str, arguments: Value| Step {
        words: words.to_owned(),
        call: Some(ToolCall { id: format!("call_{number}"), name: name.to_owned(), arguments: arguments.to_string() }),
    };
    let Some(last) = made.last() else {
        return Some(match missing.is_empty() {
            true => does(&format!("{OPENING} {BEGIN}"), WRITE, json!({ "path": PATH, "content": program() })),
            false => ends(&format!("{OPENING} For it I need {}, which I am not offered in this chat as it is set.\n", missing.join(", "))),
        });
    };
    let answer = answer_to(last, since);
    if REJECTIONS.iter().any(|word| answer.to_lowercase().contains(word)) {
        return Some(ends(REJECTED));
    }
    Some(match made.len() {
        1 if !is_failure(answer) => does(WRITTEN, RUN, json!({ "command": COMMAND })),
        2 if answer.contains(COMPLAINT) => does(FAILED, EDIT, json!({ "path": PATH, "old_text": WRONG, "new_text": RIGHT })),
        3 if !is_failure(answer) => does(CORRECTED, RUN, json!({ "command": COMMAND })),
        4 if answer.contains(GREETING) => ends(END),
        _ => ends(&unexpected(answer)),
    })
}

fn is_asked(prompt: &str) -> bool {
    let prompt = prompt.to_lowercase();
    let mut words = prompt.split(|c: char| !c.is_alphanumeric());
    words.any(|word| matches!(word, "tour" | "walk" | "walkthrough")) || prompt.contains("show me around")
}

/// What came back for `call`; empty if nothing did.
fn answer_to<'a>(call: &ToolCall, messages: &'a [Message]) -> &'a str {
    let answer = messages.iter().rev().find(|message| message.role == Role::Tool && message.call_id.as_ref() == Some(&call.id));
    answer.map_or("", |answer| answer.content.as_str())
}

/// Whether a change of a file was refused. Where it is not seen here, the next run shows it.
fn is_failure(answer: &str) -> bool {
    let answer = answer.trim_start().to_lowercase();
    answer.is_empty()
        || ["error", "failed", "refused", "cannot", "could not", "there is no", "the arguments"].iter().any(|word| answer.starts_with(word))
}

fn ends(words: &str) -> Step {
    Step { words: words.to_owned(), call: None }
}

fn unexpected(answer: &str) -> String {
    let shown: String = answer.trim().chars().take(SHOWN_CHARS).map(|c| if c == '`' { '\'' } else { c }).collect();
    let shown = match shown.is_empty() {
        true => "(nothing)",
        false => shown.as_str(),
    };
    format!(
        "This is not what I expected, and as a script I do not know what to make of it. It came back:\n\n\
         ```text\n{shown}\n```\n\n\
         So the tour ends here. What was done until now is in the *Changes* panel, and **Undo** takes it back.\n"
    )
}

fn program() -> String {
    format!(
        "#!/bin/sh\n\
         # Greets somebody by name.\n\
         name=\"$1\"\n\
         {WRONG}\n    \
             echo \"greet: {COMPLAINT}\" >&2\n    \
             exit 1\n\
         fi\n\
         echo \"Hello, $name!\"\n"
    )
}

const OPENING: &str = "I am Alcove's offline demo, and no real model: this tour is a script that goes the same way every time.";

const BEGIN: &str = "But what I do is real. It happens in the folder `alcove-tour`, and you can take all of it back.\n\n\
     **1.** I write a small program that greets somebody. Unless you allowed it before, Alcove shows you the file and asks first.\n";

const WRITTEN: &str = "**2.** The file is there. Now I run it. Commands are asked for as well, and what you allow is exactly what runs.\n";

const FAILED: &str = "**3.** It failed: “no name was given”, although I gave it one. The test in line 4 is the wrong way round: `-n` holds \
     when the name is *not* empty. I put `-z` in its place; you see the change line by line.\n";

const CORRECTED: &str = "**4.** Once more.\n";

const REJECTED: &str = "You said no, so I did not do it, and the tour ends here. That is how it is meant: nothing happens against your \
     word, and a real model would now look for another way or ask you.\n\n\
     What you allowed before is in the *Changes* panel, where **Undo** takes it back. Write **tour** to begin again.\n";

const END: &str = "**5.** “Hello, World!” — it works. This is what you saw:\n\n\
     - **Approvals.** Each action waited for your word, unless you had given it for this chat, this folder or always. \
     *Settings › Approvals* shows what you allowed and takes it back.\n\
     - **Live output.** A command's output comes while it runs, with its exit code at the end. Stop ends it at once.\n\
     - **Changes.** The panel shows every file that this turn touched, line by line, whether a tool or a command did it.\n\
     - **Undo.** There you take back one piece, one file or the whole turn, and bring it back again. Try it: Undo removes \
     `alcove-tour/greet.sh` as if I had never been here.\n\n\
     With a real model from *Settings › Models* the same happens with your own work.\n";

#[cfg(test)]
mod tests {
    use super::super::{Endpoint, Limits, ToolSpec};
    use super::*;

    fn call(tools: &[&str], prompt: &str) -> ModelCall {
        let tool = |name: &&str| ToolSpec { name: (*name).to_owned(), description: String::new(), parameters: json!({}) };
        ModelCall {
            endpoint: Endpoint::Demo,
            model: "demo".to_owned(),
            messages: vec![Message::text(Role::System, "tour"), Message::text(Role::User, prompt)],
            tools: tools.iter().map(tool).collect(),
            max_tokens: None,
            temperature: None,
            reasoning_effort: None,
            limits: Limits::default(),
        }
    }

    /// Walks with tools that answer so; the names of the calls, and the last words.
    fn walk(answers: &[&str]) -> (Vec<ToolCall>, String) {
        let mut call = call(&["read_file", WRITE, EDIT, RUN], "Please show me around!");
        let (mut made, mut answers) = (Vec::new(), answers.iter());
        loop {
            let step = step(&call).unwrap();
            let Some(next) = step.call else { return (made, step.words) };
            call.messages.push(Message { calls: vec![next.clone()], ..Message::text(Role::Assistant, step.words) });
            let answer = Message::text(Role::Tool, *answers.next().unwrap());
            call.messages.push(Message { call_id: Some(next.id.clone()), ..answer });
            made.push(next);
        }
    }

    #[test]
    fn it_is_given_when_asked_for_and_possible() {
        let all = [WRITE, EDIT, RUN];
        for (tools, prompt, given) in [
            (&all[..], "tour", true),
            (&all, "Take me on a Tour, please.", true),
            (&all, "walk me through", true),
            (&all, "Show me around", true),
            (&all, "tourist", false),
            (&all, "hello", false),
            (&[], "tour", false),
        ] {
            assert_eq!(step(&call(tools, prompt)).is_some(), given, "{prompt}");
        }
        let partly = step(&call(&["read_file", EDIT], "tour")).unwrap();
        assert!(partly.call.is_none() && partly.words.contains("write_file, exec"), "{partly:?}");
    }

    #[test]
    fn it_goes_to_its_end() {
        let (made, words) = walk(&["Written.", "exit 1\ngreet: no name was given", "Edited.", "exit 0\nHello, World!"]);
        let names: Vec<(&str, &str)> = made.iter().map(|call| (call.id.as_str(), call.name.as_str())).collect();
        assert_eq!(names, [("call_1", WRITE), ("call_2", RUN), ("call_3", EDIT), ("call_4", RUN)]);
        assert!(words.contains("Undo"), "{words}");
    }

    #[test]
    fn a_rejection_or_a_surprise_ends_it() {
        for (answers, count, says) in [
            (&["Rejected by the person: not today"][..], 1, "You said no"),
            (&["Written.", "rejected"], 2, "You said no"),
            (&["Written.", "no name was given", "Rejected."], 3, "You said no"),
            (&["error: disk full"], 1, "error: disk full"),
            (&[""], 1, "(nothing)"),
            (&["Written.", "Hello, World!"], 2, "not what I expected"),
            (&["Written.", "sh: ```odd```"], 2, "sh: '''odd'''"),
            (&["Written.", "no name was given", "Edited.", "no name was given"], 4, "not what I expected"),
        ] {
            let (made, words) = walk(answers);
            assert_eq!(made.len(), count, "{answers:?}");
            assert!(words.contains(says), "{words}");
        }
    }

    #[test]
    fn the_program_fails_and_its_correction_greets() {
        let wrong = program();
        assert_eq!(wrong.matches(WRONG).count(), 1);
        assert_eq!(wrong.lines().nth(3), Some(WRONG), "line 4, as is said");
        assert!(!wrong.contains(RIGHT));
    }
}
