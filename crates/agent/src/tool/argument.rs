//! Arguments of a call as models write them: under one of several names, a number as a text, a list as a word.

use serde_json::{Map, Value};

/// The arguments of one call.
pub(super) struct Arguments<'a>(pub(super) &'a Map<String, Value>);

impl Arguments<'_> {
    fn value(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.0.get(*name)).filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&self, names: &[&str]) -> Result<Option<String>, String> {
        match self.value(names) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(value.to_string())),
            Some(_) => Err(format!("{} is a text", name(names))),
        }
    }

    /// A text that must be there and say something.
    pub(super) fn needed(&self, names: &[&str]) -> Result<String, String> {
        let text = self.text(names)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| format!("{} is missing", name(names)))
    }

    /// A whole number.
    pub(super) fn number(&self, names: &[&str]) -> Result<Option<i64>, String> {
        let wrong = || format!("{} is a whole number", name(names));
        match self.value(names) {
            None => Ok(None),
            Some(Value::Number(number)) => {
                let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15).map(|number| number as i64);
                number.as_i64().or(whole).map(Some).ok_or_else(wrong)
            }
            Some(Value::String(text)) => text.trim().parse().map(Some).map_err(|_| wrong()),
            Some(_) => Err(wrong()),
        }
    }

    /// A number that is not negative.
    pub(super) fn count(&self, names: &[&str]) -> Result<Option<u64>, String> {
        let number = self.number(names)?;
        number.map(|number| u64::try_from(number).map_err(|_| format!("{} is not negative", name(names)))).transpose()
    }

    /// Yes or no; no when nothing is said.
    pub(super) fn flag(&self, names: &[&str]) -> Result<bool, String> {
        match self.value(names) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Ok(true),
                "" | "false" | "no" | "0" => Ok(false),
                _ => Err(format!("{} is true or false", name(names))),
            },
            Some(Value::Number(number)) if number.as_u64().is_some_and(|number| number <= 1) => Ok(number.as_u64() == Some(1)),
            Some(_) => Err(format!("{} is true or false", name(names))),
        }
    }

    /// Texts: a list, or one.
    pub(super) fn texts(&self, names: &[&str]) -> Result<Vec<String>, String> {
        match self.value(names) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(vec![text.clone()]),
            Some(Value::Array(list)) => {
                let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| format!("{} is a list of texts", name(names)));
                list.iter().map(text).collect()
            }
            Some(_) => Err(format!("{} is a list of texts", name(names))),
        }
    }
}

fn name<'a>(names: &[&'a str]) -> &'a str {
    names.first().copied().unwrap_or_default()
}
