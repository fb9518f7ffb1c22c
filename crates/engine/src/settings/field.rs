//! Reads the fields of a request as if they were query parameters (envelope §1.6): every value is a text, and each name may be
//! written in snake_case or in camelCase. Absent, empty and wrong are told apart once, here.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::Refused;

/// The fields of one request, flattened.
#[derive(Debug, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// `true` and `false` for a bool, nothing for null, JSON text for lists and objects.
    pub(super) fn of(payload: &Map<String, Value>) -> Self {
        let flat = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
        };
        Self(payload.iter().map(|(key, value)| (key.clone(), flat(value))).collect())
    }

    /// A field by its snake_case name, trimmed; `None` when absent.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let found = self.0.get(key).or_else(|| self.0.get(&camel(key)));
        found.map(String::as_str)
    }

    /// A text that must be there and not empty.
    pub(super) fn required(&self, key: &str, missing: &str) -> Result<&str, Refused> {
        self.text(key).filter(|text| !text.is_empty()).ok_or_else(|| Refused::bad(missing))
    }

    /// A text that may be absent but not empty.
    pub(super) fn filled(&self, key: &str, empty: &str) -> Result<Option<&str>, Refused> {
        match self.text(key) {
            Some("") => Err(Refused::bad(empty)),
            found => Ok(found),
        }
    }

    /// 1, true, yes, or 0, false, no.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Refused> {
        let Some(text) = self.text(key) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => Ok(Some(true)),
            "0" | "false" | "no" => Ok(Some(false)),
            _ => Err(Refused::bad(format!("{key} must be boolean"))),
        }
    }

    /// A whole number.
    pub(super) fn integer(&self, key: &str) -> Result<Option<i64>, Refused> {
        let Some(text) = self.text(key) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Refused::bad(format!("{key} must be an integer")))
    }

    /// A whole number within bounds.
    pub(super) fn within(&self, key: &str, bounds: RangeInclusive<u32>) -> Result<Option<u32>, Refused> {
        let Some(number) = self.integer(key)? else { return Ok(None) };
        let found = u32::try_from(number).ok().filter(|number| bounds.contains(number));
        found.map(Some).ok_or_else(|| Refused::bad(format!("{key} must be between {} and {}", bounds.start(), bounds.end())))
    }

    /// A whole number above zero, or empty to unset it.
    pub(super) fn count(&self, key: &str) -> Result<Wish<u64>, Refused> {
        if self.text(key) == Some("") {
            return Ok(Wish::Clear);
        }
        let Some(number) = self.integer(key)? else { return Ok(Wish::Keep) };
        match u64::try_from(number) {
            Ok(number) if number > 0 => Ok(Wish::Set(number)),
            Ok(_) | Err(_) => Err(Refused::bad(format!("{key} must be greater than zero"))),
        }
    }

    /// A sampling temperature, 0 to 2, or empty to unset it.
    pub(super) fn temperature(&self) -> Result<Wish<f32>, Refused> {
        let number: f64 = match self.text("temperature") {
            None => return Ok(Wish::Keep),
            Some("") => return Ok(Wish::Clear),
            Some(text) => text.parse().map_err(|_| Refused::bad("temperature must be a number"))?,
        };
        if (0.0..=2.0).contains(&number) { Ok(Wish::Set(number as f32)) } else { Err(Refused::bad("temperature must be between 0 and 2")) }
    }

    /// A JSON object; empty unsets it.
    pub(super) fn object(&self, key: &str) -> Result<Wish<Map<String, Value>>, Refused> {
        match self.text(key) {
            None => Ok(Wish::Keep),
            Some("") => Ok(Wish::Clear),
            Some(text) => match serde_json::from_str(text) {
                Ok(Value::Object(object)) if object.is_empty() => Ok(Wish::Clear),
                Ok(Value::Object(object)) => Ok(Wish::Set(object)),
                Ok(_) | Err(_) => Err(Refused::bad(format!("{key} must be a JSON object"))),
            },
        }
    }
}

fn camel(key: &str) -> String {
    let mut words = key.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

/// What a field says about a value that may be unset.
#[derive(Clone, Debug, PartialEq)]
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_flattened_as_query_parameters_are() {
        let payload =
            json!({"a_b": " x ", "someFlag": true, "none": null, "n": 5, "f": 5.0, "list": ["a", 1], "object": {"k": "v"}, "no": "No"});
        let fields = Fields::of(payload.as_object().unwrap());
        let text = |key| fields.text(key);
        assert_eq!((text("a_b"), text("none"), text("n"), text("list")), (Some("x"), Some(""), Some("5"), Some(r#"["a",1]"#)));
        assert_eq!((text("object"), text("absent")), (Some(r#"{"k":"v"}"#), None));
        assert_eq!((fields.flag("some_flag").unwrap(), fields.flag("no").unwrap()), (Some(true), Some(false)));
        assert_eq!(fields.flag("n").unwrap_err().message, "n must be boolean");
        assert_eq!(fields.integer("f").unwrap_err().message, "f must be an integer");
        assert_eq!(fields.within("n", 6..=9).unwrap_err().message, "n must be between 6 and 9");
        assert_eq!(fields.object("list").unwrap_err().message, "list must be a JSON object");
    }
}
