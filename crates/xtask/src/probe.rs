//! `cargo xtask probe WORD`: the agent's pure parts, one JSON value a line in and one out, for debugging, for what a fuzzer found, and for cases
//! that others bring. Each line is answered before the next is read; a line that is no JSON is answered with an error, and the next one is read.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::error::Error;

const USAGE: &str = "cargo xtask probe tags|edit|pattern|path|policy";

/// A part that can be asked.
type Probe = fn(&Value) -> Value;

const PROBES: &[(&str, Probe)] = &[
    ("tags", alcove_agent::dialect::tags::probe),
    ("edit", alcove_agent::edit::probe),
    ("pattern", alcove_agent::pattern::probe),
    ("path", alcove_agent::path::probe),
    ("policy", alcove_agent::policy::probe),
];

/// Answers every line of standard input.
pub(crate) fn run(word: &str) -> Result<(), Error> {
    let (_, probe) = PROBES.iter().find(|(name, _)| *name == word).ok_or_else(|| Error::Usage(USAGE.to_owned()))?;
    answer(io::stdin().lock(), io::stdout().lock(), *probe).map_err(Error::Stream)
}

fn answer(mut asked: impl io::BufRead, mut told: impl Write, probe: Probe) -> io::Result<()> {
    let mut line = Vec::new();
    while asked.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            let answer = serde_json::from_slice(&line).map_or_else(|why| json!({ "error": why.to_string() }), |question| probe(&question));
            writeln!(told, "{answer}")?;
            told.flush()?;
        }
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_an_answer() {
        let asked = b"{\"op\":\"scheme_of\",\"input\":\"KNOWN://a\"}\n\nno json\n\xff\n{\"op\":\"slugify\",\"input\":\"a,b\"}";
        let mut told = Vec::new();
        answer(&asked[..], &mut told, alcove_agent::path::probe).unwrap();
        let told: Vec<Value> = told.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        assert_eq!(told.len(), 4);
        assert_eq!((&told[0], &told[3]), (&json!("known"), &json!("a/b")));
        assert!(told[1]["error"].is_string() && told[2]["error"].is_string());
    }

    #[test]
    fn a_word_nobody_knows_is_refused() {
        assert!(matches!(run("everything"), Err(Error::Usage(_))));
    }
}
