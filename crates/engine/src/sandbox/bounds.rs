//! What a held command may touch, as it is handed to the process that holds itself to it: words of a command line, read back whole or not
//! at all. Decides nothing.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

use super::Error;

/// How far a command reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// No socket at all.
    Nothing,
    /// A network of its own, in which there is nobody else.
    Own,
    /// The system's.
    All,
}

/// What a command has in common with the programs outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shares {
    /// Files that were given to it.
    Nothing,
    /// Processes, shared memory and every file's name.
    TheSystem,
}

/// What may be done with what lies beneath a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// Names are listed.
    Look,
    /// Files are read and run.
    Read,
    /// Files are read and written where they are; for devices.
    Use,
    /// Everything.
    Write,
}

/// The bounds of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) network: Network,
    pub(super) shares: Shares,
    /// What may be touched; nothing else may. What is not there is passed over.
    pub(super) grants: Vec<(Right, PathBuf)>,
    /// Variables set once the command can reach nothing more: they could name libraries to load.
    pub(super) variables: Vec<(OsString, OsString)>,
}

/// What the confined process does then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It becomes a program.
    Run(Vec<OsString>),
    /// It tries what it must not be able to do: in this folder, on this process.
    Try { folder: PathBuf, process: i32 },
}

const NETWORKS: &[(&str, Network)] = &[("nothing", Network::Nothing), ("own", Network::Own), ("all", Network::All)];
const SHARES: &[(&str, Shares)] = &[("nothing", Shares::Nothing), ("the-system", Shares::TheSystem)];
const RIGHTS: &[(&str, Right)] = &[("look", Right::Look), ("read", Right::Read), ("use", Right::Use), ("write", Right::Write)];

/// The words to hand over.
pub(super) fn words(bounds: &Bounds, then: &Then) -> Vec<OsString> {
    let mut words = vec![word_of(NETWORKS, bounds.network), word_of(SHARES, bounds.shares)];
    for (right, path) in &bounds.grants {
        words.extend([word_of(RIGHTS, *right), path.into()]);
    }
    for (name, value) in &bounds.variables {
        let mut pair = name.clone();
        pair.push("=");
        pair.push(value);
        words.extend(["set".into(), pair]);
    }
    match then {
        Then::Run(program) => {
            words.push("run".into());
            words.extend(program.iter().cloned());
        }
        Then::Try { folder, process } => words.extend(["try".into(), folder.into(), process.to_string().into()]),
    }
    words
}

/// Reads them back.
pub(super) fn read(words: &mut dyn Iterator<Item = OsString>) -> Result<(Bounds, Then), Error> {
    let mut next = || words.next().ok_or(Error::Words("a word is missing".to_owned()));
    let mut bounds = Bounds { network: known(NETWORKS, &next()?)?, shares: known(SHARES, &next()?)?, grants: vec![], variables: vec![] };
    let then = loop {
        let word = next()?;
        match word.as_bytes() {
            b"set" => bounds.variables.push(pair(next()?)?),
            b"run" => break Then::Run(words.collect()),
            b"try" => break Then::Try { folder: next()?.into(), process: process(&next()?)? },
            _ => bounds.grants.push((known(RIGHTS, &word)?, next()?.into())),
        }
    };
    Ok((bounds, then))
}

fn word_of<T: Copy + PartialEq>(table: &[(&str, T)], value: T) -> OsString {
    table.iter().find(|(_, known)| *known == value).map_or_else(OsString::new, |(word, _)| OsString::from(word))
}

fn known<T: Copy>(table: &[(&str, T)], word: &OsStr) -> Result<T, Error> {
    let found = table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    found.ok_or_else(|| Error::Words(format!("what is {}?", word.display())))
}

fn pair(word: OsString) -> Result<(OsString, OsString), Error> {
    let bytes = word.into_vec();
    let at = bytes.iter().position(|byte| *byte == b'=').filter(|at| *at > 0);
    let at = at.ok_or_else(|| Error::Words("a variable without a name".to_owned()))?;
    Ok((OsString::from_vec(bytes[..at].to_vec()), OsString::from_vec(bytes[at + 1..].to_vec())))
}

fn process(word: &OsStr) -> Result<i32, Error> {
    word.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| Error::Words("no process".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_is_read_back() {
        let bounds = Bounds {
            network: Network::Own,
            shares: Shares::TheSystem,
            grants: vec![(Right::Read, "/usr".into()), (Right::Write, "/a b".into()), (Right::Look, "/run".into())],
            variables: vec![("A".into(), "b=c\n".into()), ("EMPTY".into(), "".into())],
        };
        for then in [Then::Run(vec!["sh".into(), "-c".into(), "run".into()]), Then::Try { folder: "/x".into(), process: 7 }] {
            assert_eq!(read(&mut words(&bounds, &then).into_iter()).unwrap(), (bounds.clone(), then));
        }
    }

    #[test]
    fn half_of_it_is_refused() {
        let cases = [
            "",
            "own",
            "own nothing",
            "own nothing read",
            "own nothing chew /a run x",
            "all all",
            "own nothing set =x run y",
            "own nothing try /a b",
        ];
        for case in cases {
            let words: Vec<OsString> = case.split_whitespace().map(OsString::from).collect();
            assert!(read(&mut words.into_iter()).is_err(), "{case}");
        }
    }
}
