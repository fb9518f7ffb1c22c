//! The cases' files: a section of the contract each, a case a paragraph, a step a line.
//!
//! ```text
//! # About the file; the first such line names the section.
//! == the name of a case
//! : unix                    only there; also tcp, own (a gateway for this case), secret WORD, args WORDS
//! % [channels.websocket]    the configuration's file; the case has a gateway of its own then
//! > {"type":"watch"}        a step, in step.rs
//! ```

/// Where a case runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Tcp,
    Unix,
}

/// One case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub name: String,
    /// Where it runs; everywhere when nothing is said.
    pub only: Option<Place>,
    /// Whether it needs a gateway nobody else uses.
    pub own: bool,
    /// What bootstrap asks for, when the configuration says it.
    pub secret: Option<String>,
    /// Arguments of its gateway.
    pub args: Vec<String>,
    /// The configuration's file.
    pub config: String,
    /// Line numbers and steps.
    pub steps: Vec<(usize, String)>,
}

/// All cases of a file.
pub fn read(source: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in source.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end())) {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push(Case { name: name.to_owned(), ..Case::default() });
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let case = cases.last_mut().unwrap_or_else(|| panic!("line {number} belongs to no case"));
        if let Some(attributes) = line.strip_prefix(": ") {
            attribute(case, attributes);
        } else if let Some(config) = line.strip_prefix("% ") {
            case.own = true;
            case.config.push_str(config);
            case.config.push('\n');
        } else {
            case.steps.push((number, line.to_owned()));
        }
    }
    assert!(cases.iter().all(|case| !case.steps.is_empty()), "a case without steps shows nothing");
    cases
}

fn attribute(case: &mut Case, text: &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "tcp" => case.only = Some(Place::Tcp),
        "unix" => case.only = Some(Place::Unix),
        "own" => case.own = true,
        "secret" => case.secret = Some(rest.to_owned()),
        "args" => {
            case.own = true;
            case.args.extend(rest.split_whitespace().map(str::to_owned));
        }
        other => panic!("{}: no attribute is called {other}", case.name),
    }
}
