//! Files of the original (envelope §5.1, §5.2), either of its generations. What its model saw and what its people saw are two files;
//! each makes a chat of its own, and what only the other one holds is said to be missing.

use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use super::lines::{self, Go, Text};
use super::rows::{Building, ImportedChat};
use super::{Report, session_file, transcript};
use crate::engine::Engine;

/// Which of the two a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// What its model saw.
    Session,
    /// What its people saw.
    Transcript,
}

pub(super) fn read(engine: &Engine, path: &Path, source: (Source, &str), report: &mut Report) -> io::Result<Option<ImportedChat>> {
    let scope = serde_json::to_string(&engine.shared().default_scope()).map_err(io::Error::other)?;
    let mut building = Building::new(scope);
    let mut told = Told::default();
    lines::each(path, |text| {
        let (number, text) = match text {
            Text::Line(number, text) => (number, text),
            Text::Bad(number, why) => {
                report.skip(format!("line {number}"), why);
                return Ok(Go::On);
            }
        };
        let Ok(Value::Object(row)) = serde_json::from_str(&text) else {
            report.skip(format!("line {number}"), "it is damaged");
            return Ok(Go::On);
        };
        let taken = match source.0 {
            Source::Session => session_file::take(&mut building, &mut told, &row, engine),
            Source::Transcript => transcript::take(&mut building, &mut told, row),
        };
        if let Err(why) = taken {
            report.skip(format!("line {number}"), why);
        }
        if building.has_room() {
            return Ok(Go::On);
        }
        report.warn("The chat has more turns than can be taken; the rest was left out.");
        Ok(Go::Stop)
    })?;
    match source.0 {
        // Its last turn has no mark of its own.
        Source::Session => session_file::finish(&mut building),
        Source::Transcript => {}
    }
    told.close(report);
    building.finish().map_err(io::Error::other)
}

/// What was seen on the way that is worth a word.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Attachments, which stand in other files.
    pub(super) attachments: usize,
    /// Whether a turn came without its prompt.
    pub(super) lost_prompt: bool,
    /// Tools that were called and have not answered yet, by id: name and arguments.
    pub(super) calls: Map<String, Value>,
}

impl Told {
    fn close(&self, report: &mut Report) {
        if self.attachments > 0 {
            report.warn(format!("{} attachments are named in the file but not part of it.", self.attachments));
        }
        if self.lost_prompt {
            report.warn("Some answers stand in the file without the prompts they answer.");
        }
    }
}

/// A text field that is not blank.
pub(super) fn text<'a>(row: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    row.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The items of a list.
pub(super) fn items<'a>(row: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    row.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
