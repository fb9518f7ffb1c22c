//! Takes out of diagnostics what concerns nobody else: secrets, paths, and whatever a person may have written. What is left are
//! numbers, words of ours and names of models. Taking out too much is the right mistake here.

use std::path::Path;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use crate::report;

/// A longer string is a text, not a name.
const NAME_CHARS: usize = 64;
/// Members of objects whose strings are never shown, by what their names contain.
const SECRET: [&str; 8] = ["key", "secret", "token", "password", "hint", "authorization", "header", "credential"];
/// Members in which a person may have put anything, so that not even their insides are shown.
const OPAQUE: [&str; 7] = ["extra", "header", "body", "query", "proxy", "user_agent", "prompt"];
/// Members that say where something is.
const PLACE: [&str; 7] = ["path", "dir", "folder", "workspace", "file", "root", "home"];

/// A path and whatever follows it up to the next mark: names of files have spaces.
static PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(^|[\s"'“(=\[])(?:~?/|[A-Za-z]:\\)[^\n"'”():,;\]]*"#).expect("a constant pattern"));
/// What stands beneath a folder somebody works in.
static BENEATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<project>[^\n"'”():,;\]]*"#).expect("a constant pattern"));
/// What stands in quotes is somebody's word.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"“[^”\n]*”").expect("a constant pattern"));
/// One word as programs make them: an id, a version, the name of a model.
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[A-Za-z0-9][A-Za-z0-9_.:@/+-]*$").expect("a constant pattern"));
/// An address, of which only the server is shown.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\b([a-z][a-z0-9+.-]*://)([^\s/"'?#]*)[^\s"']*"#).expect("a constant pattern"));

pub(super) struct Scrub {
    data_dir: String,
    /// Folders people work in, the longest first.
    projects: Vec<String>,
}

impl Scrub {
    pub(super) fn new(data_dir: &Path, mut projects: Vec<String>) -> Self {
        let data_dir = data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned()).display().to_string();
        projects.retain(|project| project.len() > 1 && !data_dir.starts_with(project.as_str()));
        projects.sort_by_key(|project| std::cmp::Reverse(project.len()));
        projects.dedup();
        Self { data_dir, projects }
    }

    /// Lines of ours that may quote anything.
    pub(super) fn text(&self, text: &str) -> String {
        let text = report::redacted(text);
        let text = ADDRESS.replace_all(&text, "$1$2");
        let text = text.replace(&self.data_dir, "<data>");
        let text = self.projects.iter().fold(text, |text, project| text.replace(project, "<project>"));
        let text = BENEATH.replace_all(&text, "<project>");
        let text = PATH.replace_all(&text, "$1<path>");
        QUOTED.replace_all(&text, "“…”").into_owned()
    }

    /// An object whose strings are words of ours.
    pub(super) fn words(&self, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.words(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.words(value))).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }

    /// Settings, in which a person may have written anything. What nobody set is left out: it only makes them long to read.
    pub(super) fn settings(&self, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
            Value::String(text) => Value::String(Self::word(text)),
            Value::Array(items) => items.iter().filter(|item| item["configured"] != false).map(|item| self.settings(item)).collect(),
            Value::Object(members) => {
                let set = members.iter().filter(|(_, value)| !value.is_null() && *value != "");
                let member = |(name, value): (&String, &Value)| (Self::word(name), self.member(name, value));
                set.map(member).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }

    fn member(&self, name: &str, value: &Value) -> Value {
        let name = name.to_ascii_lowercase();
        let named = |words: &[&str]| words.iter().any(|word| name.contains(word));
        match value {
            Value::String(_) if named(&SECRET) || named(&OPAQUE) => "(set)".into(),
            Value::Object(members) if named(&SECRET) || named(&OPAQUE) => format!("({} members)", members.len()).into(),
            Value::String(_) if named(&PLACE) => "(a place)".into(),
            Value::Array(items) if named(&PLACE) || named(&SECRET) || named(&OPAQUE) => format!("({} items)", items.len()).into(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => self.settings(value),
        }
    }

    /// A word as programs make them, or only how long the text is.
    fn word(text: &str) -> String {
        let shown = ADDRESS.replace_all(&report::redacted(text), "$1$2").into_owned();
        let plain = shown.is_empty() || ADDRESS.is_match(&shown) || WORD.is_match(&shown) || shown.parse::<jiff::Timestamp>().is_ok();
        if plain && shown.chars().count() <= NAME_CHARS { shown } else { format!("({} characters)", text.chars().count()) }
    }
}
