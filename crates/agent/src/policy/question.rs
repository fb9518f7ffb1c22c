//! The choices of a question to the person, as a model writes them in one line (entries §3.1).

/// The choices: parted by semicolons when there is one, else by commas; blank ones are dropped.
pub fn options(text: &str) -> Vec<String> {
    let by = if text.contains(';') { ';' } else { ',' };
    text.split(by).map(str::trim).filter(|choice| !choice.is_empty()).map(str::to_owned).collect()
}
