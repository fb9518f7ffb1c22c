//! How well a path fits what a person has typed of it. Touches nothing.

/// What was typed: words in any order, each of which stands in the path with gaps and in any case.
#[derive(Clone, Debug)]
pub(crate) struct Words(Vec<Vec<char>>);

/// How well a path fits; the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit {
    /// Where its words stand, added up: in the name before in the folders, and there at the beginning, at a word's start, in one piece,
    /// with gaps.
    places: usize,
    /// Names in it.
    names: usize,
    chars: usize,
}

/// Where a word may stand in a name, or in the folders before it.
const PLACES: usize = 4;

impl Words {
    pub(crate) fn read(text: &str) -> Self {
        Self(text.split_whitespace().map(|word| word.chars().flat_map(char::to_lowercase).collect()).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether names are meant that begin with a dot.
    pub(super) fn is_dotted(&self) -> bool {
        self.0.iter().any(|word| word.starts_with(&['.']) || word.windows(2).any(|pair| pair == ['/', '.']))
    }

    /// How well a path fits, if it does.
    pub(super) fn fit(&self, path: &str) -> Option<Fit> {
        let path = Letters::of(path);
        let places = self.0.iter().map(|word| path.place(word)).sum::<Option<usize>>()?;
        Some(Fit { places, names: path.all.iter().filter(|letter| **letter == '/').count(), chars: path.all.len() })
    }
}

/// A path as it is compared.
struct Letters {
    all: Vec<char>,
    /// Which of them begin a word.
    begins: Vec<bool>,
    /// Where its last name begins.
    name: usize,
}

impl Letters {
    fn of(path: &str) -> Self {
        let (mut all, mut begins, mut name) = (Vec::with_capacity(path.len()), Vec::with_capacity(path.len()), 0);
        let mut before = '/';
        for letter in path.chars() {
            let mut begin = !before.is_alphanumeric() || before.is_lowercase() && letter.is_uppercase();
            for low in letter.to_lowercase() {
                all.push(low);
                begins.push(begin);
                begin = false;
            }
            if letter == '/' {
                name = all.len();
            }
            before = letter;
        }
        Self { all, begins, name }
    }

    fn place(&self, word: &[char]) -> Option<usize> {
        let stands = |from: usize| place(word, &self.all[from..], &self.begins[from..]);
        stands(self.name).or_else(|| stands(0).map(|place| PLACES + place))
    }
}

/// Where a word stands best: 0 at the beginning, 1 at a word's start, 2 in one piece, 3 with gaps.
fn place(word: &[char], text: &[char], begins: &[bool]) -> Option<usize> {
    let mut rest = text.iter();
    if !word.iter().all(|letter| rest.any(|other| other == letter)) {
        return None;
    }
    let pieces = text.windows(word.len()).enumerate().filter(|(_, piece)| *piece == word);
    let places = pieces.map(|(at, _)| match (at, begins[at]) {
        (0, _) => 0,
        (_, true) => 1,
        (_, false) => 2,
    });
    Some(places.min().unwrap_or(PLACES - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed, and which of the paths fit it, the best first.
    const CASES: &[(&str, &[&str], &[&str])] = &[
        ("", &["b", "a/c", "a"], &["a", "b", "a/c"]),
        (
            "main",
            &["src/domain.rs", "src/main.rs", "main/a", "src/the_main.rs", "m/a/i/n"],
            &["src/main.rs", "src/the_main.rs", "src/domain.rs", "main/a", "m/a/i/n"],
        ),
        ("MAIN", &["src/Main.rs", "src/main.rs"], &["src/Main.rs", "src/main.rs"]),
        ("state", &["appState.ts", "apostate.ts", "a-state.ts"], &["a-state.ts", "appState.ts", "apostate.ts"]),
        ("rs", &["a.rs", "rs", "r/s", "roses"], &["rs", "a.rs", "roses", "r/s"]),
        ("src/", &["src", "src/b", "src/a/c", "lib/src/b", "src/a"], &["src/a", "src/b", "src/a/c", "lib/src/b"]),
        ("src/ma", &["src/lib.rs", "crates/x/src/main.rs", "src/main.rs"], &["src/main.rs", "crates/x/src/main.rs"]),
        ("eng main", &["engine/src/main.rs", "gateway/src/main.rs", "main/engine.rs"], &["main/engine.rs", "engine/src/main.rs"]),
        ("abc", &["abc/abc/abc", "abc/abc", "abc"], &["abc", "abc/abc", "abc/abc/abc"]),
        ("a", &["ab", "a", "abc", "ac"], &["a", "ab", "ac", "abc"]),
        ("größe", &["GRÖSSE", "Größe.md", "Große.md"], &["Größe.md"]),
        ("x", &["a", "b/c"], &[]),
        ("ba", &["ab"], &[]),
        ("  a \t b ", &["b/a", "a"], &["b/a"]),
    ];

    #[test]
    fn the_best_fitting_come_first() {
        for (typed, paths, expected) in CASES {
            let words = Words::read(typed);
            let mut fitting: Vec<(Fit, &str)> = paths.iter().filter_map(|path| Some((words.fit(path)?, *path))).collect();
            fitting.sort_unstable();
            assert_eq!(fitting.into_iter().map(|(_, path)| path).collect::<Vec<_>>(), *expected, "{typed:?}");
        }
    }

    #[test]
    fn a_dot_asks_for_names_that_begin_with_one() {
        for (typed, dotted) in [(".env", true), ("a/.b", true), ("a .b", true), ("a.b", false), ("", false), ("a/b.", false)] {
            assert_eq!(Words::read(typed).is_dotted(), dotted, "{typed:?}");
        }
    }
}
