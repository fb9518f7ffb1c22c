//! Reads the fields of a request: absent, empty and wrong are told apart once, here.

use serde_json::{Map, Value};

use super::Refused;

/// A text, trimmed; `None` when absent or null.
pub(super) fn text<'a>(payload: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, Refused> {
    match payload.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim())),
        Some(_) => Err(Refused::bad(format!("{key} must be a string"))),
    }
}

/// A text that must be there.
pub(super) fn required<'a>(payload: &'a Map<String, Value>, key: &str, missing: &str) -> Result<&'a str, Refused> {
    text(payload, key)?.filter(|text| !text.is_empty()).ok_or_else(|| Refused::bad(missing))
}

/// What a field says about a value that may be unset.
pub(super) enum Wish<T> {
    /// Leave it.
    Keep,
    /// Unset it.
    Clear,
    /// Set it.
    Set(T),
}

impl<T> Wish<T> {
    pub(super) fn apply(self, value: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *value = None,
            Self::Set(new) => *value = Some(new),
        }
    }
}

/// A whole number above zero; numbers in strings are taken too, as a form sends them.
pub(super) fn count(payload: &Map<String, Value>, key: &str) -> Result<Wish<u64>, Refused> {
    let number = match payload.get(key) {
        None => return Ok(Wish::Keep),
        Some(Value::Null) => return Ok(Wish::Clear),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(Wish::Clear),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Number(number)) => number.as_i64(),
        Some(_) => None,
    };
    let number: i64 = number.ok_or_else(|| Refused::bad(format!("{key} must be an integer")))?;
    match u64::try_from(number) {
        Ok(number) if number > 0 => Ok(Wish::Set(number)),
        Ok(_) | Err(_) => Err(Refused::bad(format!("{key} must be greater than zero"))),
    }
}

/// A sampling temperature, 0 to 2.
pub(super) fn temperature(payload: &Map<String, Value>) -> Result<Wish<f32>, Refused> {
    let number = match payload.get("temperature") {
        None => return Ok(Wish::Keep),
        Some(Value::Null) => return Ok(Wish::Clear),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(Wish::Clear),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Number(number)) => number.as_f64(),
        Some(_) => None,
    };
    let number: f64 = number.ok_or_else(|| Refused::bad("temperature must be a number"))?;
    if (0.0..=2.0).contains(&number) { Ok(Wish::Set(number as f32)) } else { Err(Refused::bad("temperature must be between 0 and 2")) }
}
