//! Reads the generated TypeScript declarations back as fields with their documentation, for the reference.

use std::collections::BTreeMap;

/// One declared type.
#[derive(Debug, PartialEq)]
pub(super) struct Declaration {
    /// Its name.
    pub(super) name: String,
    /// What it stands for, on one line and without documentation.
    pub(super) text: String,
    /// Its fields; empty when it is not an object.
    pub(super) fields: Vec<Field>,
}

/// One field of an object.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    /// Its name, with `?` when it may be absent.
    pub(super) name: String,
    /// Its type.
    pub(super) of: String,
    /// What it means.
    pub(super) about: String,
}

/// All declarations of a file, in order.
pub(super) fn read(source: &str) -> Vec<Declaration> {
    source.split("\nexport type ").skip(1).filter_map(declaration).collect()
}

/// Which type carries the fields of each event, from the union `{ "event": "name" } & Type | …`.
pub(super) fn payloads(types: &[Declaration]) -> BTreeMap<String, String> {
    let union = types.iter().find(|declared| declared.name == "Event").map_or("", |declared| declared.text.as_str());
    let pair = |part: &str| {
        let (name, of) = part.strip_prefix("{ \"event\": \"")?.split_once("\" } & ")?;
        Some((name.to_owned(), of.to_owned()))
    };
    union.split(" | ").filter_map(pair).collect()
}

fn declaration(source: &str) -> Option<Declaration> {
    let (name, body) = source.split_once(" = ")?;
    let body = body.trim_end().trim_end_matches(';');
    let is_object = body.starts_with("{ \n");
    let fields = if is_object { fields(body) } else { Vec::new() };
    Some(Declaration { name: name.to_owned(), text: body.to_owned(), fields })
}

fn fields(body: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut about = Vec::new();
    for line in body.lines() {
        let line = line.trim_end_matches('}').trim_end();
        if let Some(text) = line.strip_prefix(" * ") {
            about.push(text);
        } else if let Some((name, of)) = line.trim_end_matches(',').split_once(": ") {
            fields.push(Field { name: name.to_owned(), of: of.to_owned(), about: about.join(" ") });
            about.clear();
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "// head\n\nexport type A = { \n/**\n * What it is,\n * at length.\n */\none: string | null, \n/**\n * More.\n */\ntwo?: B, };\n\nexport type B = \"x\" | \"y\";\n\nexport type Event = { \"event\": \"a\" } & A | { \"event\": \"b\" } & B;\n";

    #[test]
    fn fields_are_read_with_their_documentation() {
        let types = read(SOURCE);
        let field = |name: &str, of: &str, about: &str| Field { name: name.to_owned(), of: of.to_owned(), about: about.to_owned() };
        assert_eq!(types[0].fields, [field("one", "string | null", "What it is, at length."), field("two?", "B", "More.")]);
        assert_eq!((types[1].text.as_str(), types[1].fields.len()), ("\"x\" | \"y\"", 0));
    }

    #[test]
    fn events_name_their_types() {
        let found = payloads(&read(SOURCE));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("a".to_owned(), "A".to_owned()), ("b".to_owned(), "B".to_owned())]);
    }
}
