//! What the file and the flags give, before it is checked: values by key, each with how a person finds it. Keys of the file may be written
//! as `pingIntervalS` or `ping_interval_s`; a key nobody knows is told and left out.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::ConfigFile;
use super::flags::Flags;
use super::wrong::Wrong;

/// The longest a configuration may be.
const FILE_BYTES: u64 = 1 << 20;
/// Keys whose values are told to nobody.
const SECRET: [&str; 2] = ["token", "token_issue_secret"];

/// What is given about one channel, and about all of them.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(super) websocket: Table,
    pub(super) channels: Table,
    /// Keys of the file that nobody knows.
    pub(crate) unknown: Vec<String>,
}

/// Values by key, keys in snake case.
#[derive(Debug, Default)]
pub(super) struct Table {
    values: BTreeMap<String, Item>,
}

/// One value and where it is from.
#[derive(Clone, Debug)]
pub(super) struct Item {
    key: String,
    value: Value,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// As the key is written in this file.
    File { written: String, path: PathBuf },
    /// By this flag, as text.
    Flag(&'static str),
}

impl Given {
    /// Reads the file, and puts the flags over it.
    pub(crate) fn read(file: &ConfigFile, flags: &Flags) -> Result<Self, Wrong> {
        let mut given = match tree(file)? {
            Some((root, path)) => Self::of_file(root, &path)?,
            None => Self::default(),
        };
        for (key, flag, text) in flags.single() {
            given.websocket.put(key, Value::String(text), Source::Flag(flag));
        }
        for (key, flag, text) in flags.of_channels() {
            given.channels.put(key, Value::String(text), Source::Flag(flag));
        }
        for (key, flag, list) in flags.lists() {
            given.websocket.put(key, Value::from(list), Source::Flag(flag));
        }
        if !flags.trusted_peer_cidrs.is_empty() || flags.assertion_header.is_some() {
            let proxy = serde_json::json!({
                "trusted_peer_cidrs": flags.trusted_peer_cidrs,
                "assertion_header": flags.assertion_header.clone().unwrap_or_default(),
            });
            given.websocket.put("trusted_proxy_auth", proxy, Source::Flag("--trusted-peer-cidrs"));
        }
        Ok(given)
    }

    /// A TOML text, for tests.
    #[cfg(test)]
    pub(super) fn of_text(text: &str) -> Result<Self, Wrong> {
        let path = Path::new("config.toml");
        let root: Map<String, Value> = toml::from_str(text).map_err(|error| Wrong::malformed(path, error))?;
        Self::of_file(root, path)
    }

    fn of_file(root: Map<String, Value>, path: &Path) -> Result<Self, Wrong> {
        let mut given = Self::default();
        for (name, value) in root {
            match name.as_str() {
                "channels" => {
                    let table = object(&name, value, path)?;
                    for (name, value) in table {
                        match snake(&name).as_str() {
                            "websocket" => given.take_websocket(&format!("channels.{name}"), value, path)?,
                            _ => given.channels.take(&name, value, path)?,
                        }
                    }
                }
                "websocket" => given.take_websocket(&name, value, path)?,
                _ => given.unknown.push(format!("{name} in {}", path.display())),
            }
        }
        Ok(given)
    }

    fn take_websocket(&mut self, name: &str, value: Value, path: &Path) -> Result<(), Wrong> {
        if !self.websocket.values.is_empty() {
            return Err(Wrong::value(format!("[{name}] in {}", path.display()), "the websocket table is there twice; keep one"));
        }
        for (name, value) in object(name, value, path)? {
            self.websocket.take(&name, value, path)?;
        }
        Ok(())
    }

    /// Moves keys that are none of these to the unknown ones.
    pub(super) fn known(&mut self, websocket: &[&str], channels: &[&str]) {
        for (table, known) in [(&mut self.websocket, websocket), (&mut self.channels, channels)] {
            let strange: Vec<String> = table.values.keys().filter(|key| !known.contains(&key.as_str())).cloned().collect();
            self.unknown.extend(strange.iter().filter_map(|key| table.values.remove(key)).map(|item| item.place()));
        }
    }
}

/// A file's content, and where the file is.
type Tree = (Map<String, Value>, PathBuf);

/// The file's content as one tree, whichever language it is in. No file is no content, unless somebody named it.
fn tree(file: &ConfigFile) -> Result<Option<Tree>, Wrong> {
    let (path, named) = match file {
        ConfigFile::Usual(path) => (path, false),
        ConfigFile::Named(path) => (path, true),
    };
    let unreadable = |source| Wrong::Unreadable { path: path.clone(), source };
    match fs::metadata(path) {
        Ok(found) if found.len() > FILE_BYTES => return Err(Wrong::malformed(path, "it is longer than 1 MiB")),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound && !named => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let value: Value = if json {
        serde_json::from_str(&text).map_err(|error| Wrong::malformed(path, error))?
    } else {
        toml::from_str(&text).map_err(|error| Wrong::malformed(path, error))?
    };
    match value {
        Value::Object(root) => Ok(Some((root, path.clone()))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Wrong::malformed(path, "it has to be one object"))
        }
    }
}

fn object(name: &str, value: Value, path: &Path) -> Result<Map<String, Value>, Wrong> {
    match value {
        Value::Object(table) => Ok(table),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Wrong::value(format!("{name} = {value} in {}", path.display()), "must be a table"))
        }
    }
}

/// `pingIntervalS` and `ping_interval_s` are one key.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

impl Table {
    fn put(&mut self, key: &str, value: Value, source: Source) {
        self.values.insert(key.to_owned(), Item { key: key.to_owned(), value, source });
    }

    fn take(&mut self, written: &str, value: Value, path: &Path) -> Result<(), Wrong> {
        let key = snake(written);
        let item = Item { key: key.clone(), value, source: Source::File { written: written.to_owned(), path: path.to_owned() } };
        match self.values.insert(key, item.clone()) {
            Some(before) => Err(item.wrong(format!("this key is there already, as {}", before.name()))),
            None => Ok(()),
        }
    }

    /// A value that was given; JSON's `null` is none.
    pub(super) fn item(&self, key: &str) -> Option<&Item> {
        self.values.get(key).filter(|item| !item.value.is_null())
    }

    /// Yes, unless it was denied.
    pub(super) fn truth(&self, key: &str) -> Result<bool, Wrong> {
        let Some(item) = self.item(key) else { return Ok(true) };
        match (&item.value, &item.source) {
            (Value::Bool(value), _) => Ok(*value),
            (Value::String(text), Source::Flag(_)) if text == "true" => Ok(true),
            (Value::String(text), Source::Flag(_)) if text == "false" => Ok(false),
            (_, _) => Err(item.wrong("must be true or false")),
        }
    }

    pub(super) fn whole(&self, key: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, Wrong> {
        let Some(item) = self.item(key) else { return Ok(None) };
        let number = match (&item.value, &item.source) {
            (Value::String(text), Source::Flag(_)) => text.parse().ok(),
            (Value::Number(number), Source::File { .. }) => number.as_u64(),
            (_, _) => None,
        };
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(item.wrong(format!("must be a whole number from {} to {}", range.start(), range.end()))),
        }
    }

    /// A text; an empty one is none.
    pub(super) fn text(&self, key: &str) -> Result<Option<(&Item, &str)>, Wrong> {
        let Some(item) = self.item(key) else { return Ok(None) };
        match &item.value {
            Value::String(text) if text.contains('\0') => Err(item.wrong("must not contain NUL")),
            Value::String(text) => Ok(Some((item, text.as_str())).filter(|(_, text)| !text.is_empty())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(item.wrong("must be a text")),
        }
    }

    pub(super) fn list(&self, key: &str) -> Result<Option<(&Item, Vec<&str>)>, Wrong> {
        let Some(item) = self.item(key) else { return Ok(None) };
        item.texts(&item.value).map(|texts| Some((item, texts)))
    }
}

impl Item {
    /// A list of texts in this item.
    pub(super) fn texts<'a>(&self, value: &'a Value) -> Result<Vec<&'a str>, Wrong> {
        let texts = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        texts.ok_or_else(|| self.wrong("must be a list of texts"))
    }

    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// The folder a relative path in this value is meant from.
    pub(super) fn folder(&self) -> PathBuf {
        match &self.source {
            Source::File { path, .. } => path.parent().unwrap_or(Path::new("")).to_owned(),
            Source::Flag(_) => PathBuf::new(),
        }
    }

    /// This value breaks this rule.
    pub(super) fn wrong(&self, rule: impl std::fmt::Display) -> Wrong {
        Wrong::value(self.told(), rule)
    }

    fn told(&self) -> String {
        let value = if SECRET.contains(&self.key.as_str()) { "(not shown)".to_owned() } else { self.value.to_string() };
        match &self.source {
            Source::File { written, path } => format!("{written} = {value} in {}", path.display()),
            Source::Flag(flag) => format!("{flag} {value}"),
        }
    }

    fn name(&self) -> &str {
        match &self.source {
            Source::File { written, .. } => written,
            Source::Flag(flag) => flag,
        }
    }

    fn place(&self) -> String {
        match &self.source {
            Source::File { written, path } => format!("{written} in {}", path.display()),
            Source::Flag(flag) => (*flag).to_owned(),
        }
    }
}
