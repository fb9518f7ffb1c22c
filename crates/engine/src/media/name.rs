//! File names as they are shown and as they stand on disk. Pure. A name never leads out of its folder, never hides, and never deceives
//! the eye about its ending.

/// Longest name shown, in characters.
const SHOWN_CHARS: usize = 160;
/// Longest stem on disk, in characters.
const STEM_CHARS: usize = 80;
/// Longest stem on disk, in bytes: file systems count these, and there are a prefix and an ending beside it.
const STEM_BYTES: usize = 200;

/// Names that mean devices on some systems, whatever follows their first dot.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul"];

/// The name people see: the last part of a path without characters that steer or hide; `None` when nothing is left.
pub(crate) fn shown(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|char| !hides(*char)).collect();
    let trimmed = seen.trim().trim_start_matches('.').trim_end_matches(['.', ' ']).trim();
    let (stem, ending) = split(trimmed);
    if stem.is_empty() {
        return None;
    }
    let room = SHOWN_CHARS.saturating_sub(ending.map_or(0, |ending| ending.chars().count() + 1)).max(1);
    let mut out: String = if is_reserved(stem) { "_".to_owned() } else { String::new() };
    out.extend(stem.chars().take(room));
    if let Some(ending) = ending {
        out.push('.');
        out.extend(ending.chars().take(SHOWN_CHARS / 4));
    }
    Some(out)
}

/// The part before the ending as it may stand on disk.
pub(crate) fn stem(name: &str) -> String {
    let shown = shown(name).unwrap_or_default();
    let (stem, _) = split(&shown);
    let mut out = String::new();
    for char in stem.chars().take(STEM_CHARS) {
        let kept = if char.is_alphanumeric() || matches!(char, '-' | '_' | '.') { char } else { '_' };
        if out.len() + kept.len_utf8() > STEM_BYTES {
            break;
        }
        out.push(kept);
    }
    let out = out.trim_matches('.');
    if out.is_empty() { "document".to_owned() } else { out.to_owned() }
}

/// What follows the last dot, lower case, if it looks like an ending.
pub(crate) fn ending(name: &str) -> Option<String> {
    split(name).1.map(str::to_ascii_lowercase)
}

fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.is_empty() => (stem, Some(ending)),
        Some(_) | None => (name, None),
    }
}

/// Control characters, and those that turn or hide the text around them.
fn hides(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_reserved(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let numbered = |word: &str| first.strip_prefix(word).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit());
    RESERVED.contains(&first.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_harmless() {
        let rows = [
            ("photo.png", Some("photo.png"), "photo"),
            ("My report (final).pdf", Some("My report (final).pdf"), "My_report__final_"),
            ("../../etc/passwd", Some("passwd"), "passwd"),
            ("..\\..\\windows\\system.ini", Some("system.ini"), "system"),
            ("/etc/", None, "document"),
            (".bashrc", Some("bashrc"), "bashrc"),
            ("...", None, "document"),
            ("", None, "document"),
            ("a\0b\n.txt", Some("ab.txt"), "ab"),
            ("invoice\u{202e}fdp.exe", Some("invoicefdp.exe"), "invoicefdp"),
            ("\u{200b}\u{feff}", None, "document"),
            ("con.txt", Some("_con.txt"), "_con"),
            ("LPT1", Some("_LPT1"), "_LPT1"),
            ("console.txt", Some("console.txt"), "console"),
            ("a. . .", Some("a"), "a"),
            ("Übersicht 概要.md", Some("Übersicht 概要.md"), "Übersicht_概要"),
            ("x.tar.gz", Some("x.tar.gz"), "x.tar"),
        ];
        for (given, seen, on_disk) in rows {
            assert_eq!(shown(given).as_deref(), seen, "{given:?}");
            assert_eq!(stem(given), on_disk, "{given:?}");
        }
    }

    #[test]
    fn long_names_are_cut_before_their_ending() {
        let given = format!("{}.pdf", "ä".repeat(500));
        let seen = shown(&given).unwrap();
        assert_eq!(seen.chars().count(), SHOWN_CHARS);
        assert!(seen.ends_with("ä.pdf"));
        assert_eq!(stem(&given).chars().count(), STEM_CHARS);
        assert!(stem(&"𝛂".repeat(500)).len() <= STEM_BYTES);
        assert!(shown(&"a.".repeat(500)).unwrap().chars().count() <= SHOWN_CHARS * 2);
    }
}
