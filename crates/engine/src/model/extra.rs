//! What a person adds to every request to one server: header fields, body fields and query parameters. Kept where keys are kept,
//! since any of it may be one.

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Url, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Header fields that are the connection's own.
const OWN: [HeaderName; 5] = [header::HOST, header::CONTENT_LENGTH, header::CONTENT_TYPE, header::CONNECTION, header::TRANSFER_ENCODING];

/// What is added to every request to one server. Never shows itself in debug prints.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extra {
    /// Header fields; their values are texts, numbers or bools.
    pub headers: Map<String, Value>,
    /// Fields of the body, whatever they hold.
    pub body: Map<String, Value>,
    /// Query parameters; their values are texts, numbers or bools.
    pub query: Map<String, Value>,
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extra({} + {} + {})", self.headers.len(), self.body.len(), self.query.len())
    }
}

impl Extra {
    /// Whether nothing is added.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.body.is_empty() && self.query.is_empty()
    }

    /// The first header field or query parameter that cannot be sent.
    pub fn unsendable(&self) -> Option<&str> {
        let header = self.headers.iter().find(|(name, value)| field(name, value).is_none());
        let query = || self.query.iter().find(|(_, value)| plain(value).is_none());
        header.or_else(query).map(|(name, _)| name.as_str())
    }

    /// The address with the query parameters added.
    pub(crate) fn address(&self, url: &str) -> String {
        if self.query.is_empty() {
            return url.to_owned();
        }
        let Ok(mut url) = Url::parse(url) else { return url.to_owned() };
        for (name, value) in &self.query {
            url.query_pairs_mut().append_pair(name, &plain(value).unwrap_or_default());
        }
        url.into()
    }

    /// The request with the header fields added; they win over those that were there.
    pub(crate) fn add_headers(&self, request: RequestBuilder) -> RequestBuilder {
        let fields = self.headers.iter().filter_map(|(name, value)| field(name, value)).collect();
        request.headers(fields)
    }

    /// The body with the fields added; they win over those that were there.
    pub(super) fn add_body(&self, body: impl Serialize) -> Value {
        let mut body = serde_json::to_value(body).expect("a body holds nothing JSON cannot say");
        if let Value::Object(fields) = &mut body {
            fields.extend(self.body.clone());
        }
        body
    }
}

fn field(name: &str, value: &Value) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| !OWN.contains(name))?;
    let mut value = HeaderValue::from_str(&plain(value)?).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn extra(value: Value) -> Extra {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_cannot_be_sent_is_named() {
        for (value, named) in [
            (json!({}), None),
            (json!({"headers": {"X-A": "b", "X-N": 5}, "query": {"v": true}, "body": {"deep": {"er": []}}}), None),
            (json!({"headers": {"Bad Name": "b"}}), Some("Bad Name")),
            (json!({"headers": {"X-A": "two\nlines"}}), Some("X-A")),
            (json!({"headers": {"X-A": null}}), Some("X-A")),
            (json!({"headers": {"Host": "elsewhere"}}), Some("Host")),
            (json!({"query": {"v": []}}), Some("v")),
        ] {
            assert_eq!(extra(value.clone()).unsendable(), named, "{value}");
        }
    }

    #[test]
    fn parameters_are_encoded_and_fields_win() {
        let extra = extra(json!({"query": {"api-version": "1 & 2"}, "body": {"stream": false, "top_k": 5}}));
        assert_eq!(extra.address("https://a.example/v1/models"), "https://a.example/v1/models?api-version=1+%26+2");
        assert_eq!(extra.add_body(json!({"stream": true, "model": "m"})), json!({"stream": false, "model": "m", "top_k": 5}));
        assert_eq!(format!("{extra:?}"), "Extra(0 + 2 + 1)");
    }
}
