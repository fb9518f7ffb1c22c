//! Patterns of rules: paths as an ignore file has them, commands and hosts with `*`. Not the pattern language of entries, in which `app.*` is a
//! name: a rule that a person writes to protect something must not quietly mean less.

/// How letters are compared. What forbids is read generously, what allows is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Each as it is.
    Exact,
    /// Capitals and small ones alike.
    Folded,
}

/// A pattern for paths, in its pieces.
#[derive(Debug)]
pub(super) struct Paths {
    names: Vec<String>,
    /// It speaks of the whole machine: `//etc/**`.
    pub(super) machine: bool,
    /// It speaks of any depth: it has no `/` but perhaps at its end.
    pub(super) anywhere: bool,
    letters: Letters,
}

impl Paths {
    /// Reads a pattern.
    pub(super) fn read(pattern: &str, letters: Letters) -> Self {
        let machine = pattern.starts_with("//");
        let anywhere = !pattern.trim_end_matches('/').contains('/');
        let fold = |name: &str| folded(name, letters);
        let names = pattern.split('/').filter(|name| !matches!(*name, "" | ".")).map(fold);
        let names = if anywhere { std::iter::once("**".to_owned()).chain(names).collect() } else { names.collect() };
        Self { names, machine, anywhere, letters }
    }

    /// Whether it names this path or a folder above it.
    pub(super) fn covers(&self, path: &str) -> bool {
        let path = folded(path, self.letters);
        let mut at = self.start();
        names(&path).any(|name| {
            at = self.step(&at, name);
            at.last() == Some(&true)
        })
    }

    /// Whether it may name something beneath this folder.
    pub(super) fn reaches_into(&self, folder: &str) -> bool {
        let folder = folded(folder, self.letters);
        let at = names(&folder).fold(self.start(), |at, name| self.step(&at, name));
        at.split_last().is_some_and(|(_, open)| open.contains(&true))
    }

    /// Which pieces may come next before any name: a `**` may stand for nothing, but not at the end.
    fn start(&self) -> Vec<bool> {
        let mut at = vec![false; self.names.len() + 1];
        at[0] = true;
        self.skip(&mut at);
        at
    }

    fn step(&self, at: &[bool], name: &str) -> Vec<bool> {
        let mut next = vec![false; at.len()];
        for (index, piece) in self.names.iter().enumerate().filter(|(index, _)| at[*index]) {
            if piece == "**" {
                next[index] = true;
                // At the end it stands for at least one name.
                next[index + 1] |= index + 1 == self.names.len();
            } else if wild(piece, name) {
                next[index + 1] = true;
            }
        }
        self.skip(&mut next);
        next
    }

    fn skip(&self, at: &mut [bool]) {
        for (index, piece) in self.names.iter().enumerate() {
            if at[index] && piece == "**" && index + 1 < self.names.len() {
                at[index + 1] = true;
            }
        }
    }
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty())
}

fn folded(text: &str, letters: Letters) -> String {
    match letters {
        Letters::Exact => text.to_owned(),
        Letters::Folded => text.to_lowercase(),
    }
}

/// Whether a command is one the pattern means: `*` is any text, and ` *` at the end may be missing.
pub(super) fn command(pattern: &str, words: &str, letters: Letters) -> bool {
    let (pattern, words) = (folded(pattern.trim(), letters), folded(words, letters));
    wild_text(&pattern, &words) || pattern.strip_suffix(" *").is_some_and(|start| wild_text(start, &words))
}

/// Whether a host is one the pattern means.
pub(super) fn host(pattern: &str, host: &str) -> bool {
    let name = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    wild_text(&name(pattern), &name(host))
}

/// `*` and `?` within one name.
fn wild(pattern: &str, text: &str) -> bool {
    matched(pattern, text, |piece, letter| piece == '?' || piece == letter)
}

/// `*` alone; a question mark is one.
fn wild_text(pattern: &str, text: &str) -> bool {
    matched(pattern, text, |piece, letter| piece == letter)
}

/// Goes back only to the last `*`, so that no pattern is slow.
fn matched(pattern: &str, text: &str, same: fn(char, char) -> bool) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read, mut back) = (0, 0, None);
    while let Some(letter) = text.get(read) {
        match (pattern.get(at), back) {
            (Some('*'), _) => {
                back = Some((at + 1, read));
                at += 1;
            }
            (Some(piece), _) if same(*piece, *letter) => (at, read) = (at + 1, read + 1),
            (_, Some((after, tried))) => {
                back = Some((after, tried + 1));
                (at, read) = (after, tried + 1);
            }
            (_, None) => return false,
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|piece| *piece == '*')
}
