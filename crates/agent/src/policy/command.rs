//! A shell script cut into its commands, as far as that can be done without running it. What allows needs a script that is read in full; what
//! forbids looks into every piece, and rather into too many. It is no shell: what it cannot read is said to be unread.

use super::glob::{Letters, command as means};

/// Scripts within a script that are looked into; one with more is unread.
const TEXTS: usize = 32;
/// Commands of one script that are looked at; one with more is unread.
const PIECES: usize = 512;
/// Words of a wrapped command that are taken for its beginning.
const STARTS: usize = 32;

/// Words before a command that run what follows, or let it follow.
const WRAPPERS: &[&str] = &[
    "sudo", "doas", "env", "command", "builtin", "exec", "nohup", "nice", "ionice", "time", "timeout", "stdbuf", "setsid", "xargs",
    "busybox", "find", "parallel", "watch", "strace", "chroot", "unshare", "bwrap", "if", "then", "else", "elif", "while", "until", "do",
    "!", "{", "case", "for", "function", "coproc", "trap",
];
/// Programs that take a script as an argument.
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "fish", "eval", "su", "ssh", "source", "."];
/// Words a shell reads as its own grammar.
const KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "while", "until", "for", "do", "done", "case", "esac", "in", "function", "select", "coproc",
    "time", "!", "{", "}", "[[", "eval", "source", ".", "trap", "alias",
];
/// Redirections that write nowhere.
const QUIET: &[&str] = &["2>&1", "1>&2", ">&2", ">/dev/null", "1>/dev/null", "2>/dev/null", "&>/dev/null", "</dev/null"];

/// Whether a program runs what its words say, so that its name says nothing of what is done.
pub fn runs_others(program: &str) -> bool {
    let name = base(program);
    WRAPPERS.contains(&name) || SHELLS.contains(&name) || KEYWORDS.contains(&name)
}

/// A script as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// Its commands, each in words without their quotes.
    pub(super) commands: Vec<Vec<String>>,
    /// Nothing in it but commands: no redirection, substitution, assignment, grouping.
    pub(super) plain: bool,
    /// Something in it decides only when it runs which program that is.
    pub(super) hidden: bool,
    /// Texts within that a shell would run.
    inner: Vec<String>,
}

/// Reads a script.
pub(super) fn read(text: &str) -> Script {
    let mut reader =
        Reader { letters: text.chars().collect(), at: 0, script: Script { plain: true, ..Script::default() }, words: Vec::new() };
    reader.run();
    let mut script = reader.script;
    for words in &script.commands {
        let first = words.first().map_or("", String::as_str);
        let runs_words = WRAPPERS.contains(&base(first)) || SHELLS.contains(&base(first));
        script.plain &= !KEYWORDS.contains(&first) && !first.contains(['$', '*', '?', '[', '~', '=', '{']);
        // A program whose name has a blank is not the one that a pattern's first word means.
        script.plain &= !first.contains(char::is_whitespace);
        script.hidden |= first.contains(['$', '*', '?', '[', '`', '{']) && !matches!(first, "[" | "[[" | "{");
        script.hidden |= runs_words && words.iter().any(|word| word.contains(['$', '`']));
    }
    if script.commands.len() > PIECES {
        script.commands.truncate(PIECES);
        (script.plain, script.hidden) = (false, true);
    }
    script.plain &= !script.commands.is_empty();
    script
}

impl Script {
    /// Whether each command is one of those that are allowed; the patterns that say so, in order.
    pub(super) fn all<'a, T>(&self, text: &str, rules: &'a [(T, &str)]) -> Option<Vec<&'a T>> {
        // Other blanks than these are letters to a shell.
        let text = text.trim_matches([' ', '\t', '\n']);
        let whole = rules.iter().find(|(_, pattern)| *pattern == "*" || (!pattern.contains('*') && pattern.trim() == text));
        if let Some((rule, _)) = whole {
            return Some(vec![rule]);
        }
        if !self.plain {
            return None;
        }
        let allowing = |words: &Vec<String>| rules.iter().find(|(_, pattern)| means(pattern, &words.join(" "), Letters::Exact));
        self.commands.iter().map(|words| allowing(words).map(|(rule, _)| rule)).collect()
    }
}

/// Everything a script may run, as far as it can be read beforehand.
#[derive(Debug, Default)]
pub(super) struct Unfolded {
    commands: Vec<Vec<String>>,
    /// Something in it decides only when it runs what that is, or there is too much of it.
    pub(super) hidden: bool,
}

/// Looks into a script and into the scripts within it.
pub(super) fn unfold(text: &str) -> Unfolded {
    let mut found = Unfolded::default();
    let mut texts = vec![text.to_owned()];
    let mut next = 0;
    while let Some(text) = texts.get(next).cloned() {
        if next >= TEXTS || found.commands.len() > PIECES {
            found.hidden = true;
            break;
        }
        next += 1;
        let script = read(&text);
        found.hidden |= script.hidden;
        texts.extend(script.inner);
        for words in &script.commands {
            texts.extend(scripts(words));
        }
        found.commands.extend(script.commands);
    }
    found
}

/// Whether a pattern means the script or anything it may run.
pub(super) fn any(text: &str, unfolded: &Unfolded, pattern: &str) -> bool {
    means(pattern, text.trim(), Letters::Folded) || unfolded.commands.iter().any(|words| command(words, pattern))
}

/// The words that a shell among them would run as a script.
fn scripts(words: &[String]) -> Vec<String> {
    let Some(shell) = words.iter().position(|word| SHELLS.contains(&base(word))) else {
        return Vec::new();
    };
    let rest = words.get(shell + 1..).unwrap_or_default();
    let mut texts: Vec<String> = rest.iter().filter(|word| word.contains([' ', ';', '\n', '&', '|'])).cloned().collect();
    if words.get(shell).is_some_and(|word| base(word) == "eval") {
        texts.push(rest.join(" "));
    }
    texts
}

fn command(words: &[String], pattern: &str) -> bool {
    let start = words.iter().position(|word| !assigns(word)).unwrap_or(words.len());
    let words = words.get(start..).unwrap_or_default();
    let Some(first) = words.first() else {
        return false;
    };
    let hit = |words: &[String]| {
        let name = words.first().map_or("", |word| base(word));
        let bare = std::iter::once(name).chain(words.iter().skip(1).map(String::as_str)).collect::<Vec<_>>().join(" ");
        means(pattern, &bare, Letters::Folded) || means(pattern, &words.join(" "), Letters::Folded)
    };
    let until = if WRAPPERS.contains(&base(first)) { words.len().min(STARTS) } else { 1 };
    (0..until).any(|from| hit(words.get(from..).unwrap_or_default()))
}

/// A program's name without its folder.
fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// `NAME=value` before a command.
fn assigns(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'))
}

struct Reader {
    letters: Vec<char>,
    at: usize,
    script: Script,
    words: Vec<String>,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn run(&mut self) {
        while let Some(letter) = self.peek() {
            match letter {
                ' ' | '\t' => self.at += 1,
                '\\' if self.letters.get(self.at + 1) == Some(&'\n') => self.at += 2,
                '\n' | ';' | '|' => self.end(),
                '#' => self.comment(),
                '&' if self.quiet() => {}
                '&' => self.end(),
                '(' | ')' => {
                    self.script.plain = false;
                    self.end();
                }
                '<' | '>' | '0'..='9' if self.quiet() => {}
                '<' | '>' => {
                    self.script.plain = false;
                    self.at += 1;
                }
                _ => self.word(),
            }
        }
        self.end();
    }

    /// Takes a redirection that writes nowhere.
    fn quiet(&mut self) -> bool {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        let ends = |at: usize| rest.get(at).is_none_or(|next| next.is_whitespace() || matches!(next, ';' | '|' | '&' | ')'));
        let starts = |form: &str| form.chars().eq(rest.iter().copied().take(form.len())) && ends(form.len());
        let form = QUIET.iter().find(|form| starts(form));
        self.at += form.map_or(0, |form| form.len());
        form.is_some()
    }

    fn end(&mut self) {
        self.at += 1;
        if !self.words.is_empty() {
            self.script.commands.push(std::mem::take(&mut self.words));
        }
    }

    fn comment(&mut self) {
        while self.peek().is_some_and(|letter| letter != '\n') {
            self.at += 1;
        }
    }

    fn word(&mut self) {
        let mut word = String::new();
        while let Some(letter) = self.peek() {
            match letter {
                ' ' | '\t' | '\n' | ';' | '|' | '&' | '(' | ')' | '<' | '>' => break,
                '\'' => self.single(&mut word),
                '"' => self.double(&mut word),
                '\\' => self.escaped(&mut word),
                _ => {
                    self.letter(letter, &mut word);
                    self.at += 1;
                }
            }
        }
        // `2>file` and `{fd}>file` write too; the digits are no word of their own then, which makes no difference to what is refused.
        self.script.plain &= !assigns(&word) || !self.words.is_empty();
        self.words.push(word);
    }

    /// One letter outside quotes or within double ones.
    fn letter(&mut self, letter: char, word: &mut String) {
        let next = self.letters.get(self.at + 1);
        let substitutes = letter == '`' || letter == '$' && matches!(next, Some('(' | '\'' | '"' | '{'));
        self.script.plain &= !substitutes && (!letter.is_control() || letter == '\n');
        if letter == '`' || letter == '$' && next == Some(&'(') {
            self.script.hidden |= self.words.is_empty() && word.is_empty();
            let inner: String = self.letters.get(self.at + 1..).unwrap_or_default().iter().skip_while(|letter| **letter == '(').collect();
            // Up to its end and beyond: what follows is looked at twice rather than not at all, and has the next one in it.
            if self.script.inner.is_empty() {
                self.script.inner.push(inner.replace(['`', '"'], "\n"));
            }
        }
        word.push(letter);
    }

    fn single(&mut self, word: &mut String) {
        self.at += 1;
        while let Some(letter) = self.peek() {
            self.at += 1;
            if letter == '\'' {
                return;
            }
            self.script.plain &= !letter.is_control() || letter == '\n' || letter == '\t';
            word.push(letter);
        }
        self.script.plain = false;
    }

    fn double(&mut self, word: &mut String) {
        self.at += 1;
        while let Some(letter) = self.peek() {
            match letter {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' => self.escaped(word),
                _ => {
                    self.letter(letter, word);
                    self.at += 1;
                }
            }
        }
        self.script.plain = false;
    }

    fn escaped(&mut self, word: &mut String) {
        self.at += 1;
        match self.peek() {
            Some('\n') => {}
            Some(letter) => word.push(letter),
            None => self.script.plain = false,
        }
        self.at += 1;
    }
}
