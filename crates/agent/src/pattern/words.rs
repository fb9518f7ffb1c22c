//! Patterns for commands: word by word against the words a command consists of, so that no pattern can reach from an argument into
//! a second command. It does not split commands; whoever does hands over the words.

/// Whether `words` fit `pattern`, whose words are set apart by blanks. In a word `*` is any text, slashes included, and `?` one
/// letter; `\` takes the meaning from the next letter. A last word `*` is any further words, also none. Case counts; both ends are anchored.
pub fn matches(pattern: &str, words: &[&str]) -> bool {
    let patterns: Vec<Vec<char>> = pattern.split_whitespace().map(|word| word.chars().collect()).collect();
    match patterns.split_last() {
        None => false,
        Some((last, head)) if last.as_slice() == ['*'] => words.len() >= head.len() && all(head, &words[..head.len()]),
        Some(_) => patterns.len() == words.len() && all(&patterns, words),
    }
}

fn all(patterns: &[Vec<char>], words: &[&str]) -> bool {
    patterns.iter().zip(words).all(|(pattern, word)| word_fits(pattern, word))
}

/// One word, with a single way back: the last star.
fn word_fits(pattern: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < word.len() {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, from));
                at += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('\\') if pattern.get(at + 1) == Some(&word[from]) => Some(2),
            Some('\\') if at + 1 < pattern.len() => None,
            Some(char) if *char == word[from] => Some(1),
            Some(_) | None => None,
        };
        match (step, star) {
            (Some(step), _) => (at, from) = (at + step, from + 1),
            (None, Some((behind, begun))) => {
                star = Some((behind, begun + 1));
                (at, from) = (behind, begun + 1);
            }
            (None, None) => return false,
        }
    }
    pattern[at..].iter().all(|char| *char == '*')
}
