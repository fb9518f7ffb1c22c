//! Which folder a chat works in: reads what a client asks for and says no with the contract's reason (envelope §3).

use std::path::{Path, PathBuf};

use alcove_proto::scope::{AccessMode, StoredScope};
use serde_json::Value;

/// What a client may change about scopes (envelope §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controls {
    /// Everything.
    All,
    /// Only to go less far in the same folder.
    Shrink,
}

/// Whether a client may change `from` into `to`.
pub(crate) fn allowed(controls: Controls, from: &StoredScope, to: &StoredScope) -> Result<(), &'static str> {
    let grows = from.access_mode == AccessMode::Restricted && to.access_mode == AccessMode::Full;
    match controls {
        Controls::Shrink if grows || from.project_path != to.project_path => Err("workspace controls are localhost-only"),
        Controls::Shrink | Controls::All => Ok(()),
    }
}

/// Reads a scope. Keys that are missing come from `fallback`.
pub(crate) fn read(asked: &Value, fallback: &StoredScope) -> Result<StoredScope, &'static str> {
    let fields = asked.as_object().ok_or("workspace_scope must be an object")?;
    let project_path = match fields.get("project_path").or_else(|| fields.get("path")) {
        None | Some(Value::Null) => fallback.project_path.clone(),
        Some(Value::String(path)) => folder(path)?,
        Some(_) => return Err("project_path must be a string"),
    };
    let access_mode = match fields.get("access_mode") {
        None | Some(Value::Null) => fallback.access_mode,
        Some(Value::String(mode)) => match mode.as_str() {
            "restricted" | "restrict" => AccessMode::Restricted,
            "full" | "full-access" => AccessMode::Full,
            _ => return Err("access_mode must be restricted or full"),
        },
        Some(_) => return Err("access_mode must be a string"),
    };
    Ok(StoredScope { project_path, access_mode })
}

fn folder(text: &str) -> Result<String, &'static str> {
    if text.contains('\0') {
        return Err("project_path contains invalid characters");
    }
    let path = expand(text);
    if !path.is_absolute() {
        return Err("project_path must be absolute");
    }
    let real = path.canonicalize().ok().filter(|path| path.is_dir());
    real.and_then(|path| path.to_str().map(str::to_owned)).ok_or("project_path must be an existing directory")
}

/// A path with `~` written out.
pub(crate) fn expand(text: &str) -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    match (text.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        (Some(_) | None, _) => Path::new(text).to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn without_controls_a_scope_only_shrinks() {
        let scope = |path: &str, access_mode| StoredScope { project_path: path.to_owned(), access_mode };
        let (narrow, wide) = (scope("/a", AccessMode::Restricted), scope("/a", AccessMode::Full));
        let elsewhere = scope("/b", AccessMode::Restricted);
        let refused = Err("workspace controls are localhost-only");
        for (from, to, verdict) in
            [(&wide, &narrow, Ok(())), (&narrow, &narrow, Ok(())), (&narrow, &wide, refused), (&wide, &elsewhere, refused)]
        {
            assert_eq!(allowed(Controls::Shrink, from, to), verdict, "{from:?} to {to:?}");
            assert_eq!(allowed(Controls::All, from, to), Ok(()));
        }
    }

    #[test]
    fn every_refusal_has_its_reason() {
        let fallback = StoredScope { project_path: "/".to_owned(), access_mode: AccessMode::Restricted };
        let cases = [
            (json!([]), "workspace_scope must be an object"),
            (json!({"project_path": 1}), "project_path must be a string"),
            (json!({"project_path": "/a\u{0}b"}), "project_path contains invalid characters"),
            (json!({"path": "a/b"}), "project_path must be absolute"),
            (json!({"project_path": "/no/such/folder"}), "project_path must be an existing directory"),
            (json!({"access_mode": 1}), "access_mode must be a string"),
            (json!({"access_mode": "some"}), "access_mode must be restricted or full"),
        ];
        for (asked, reason) in cases {
            assert_eq!(read(&asked, &fallback), Err(reason), "{asked}");
        }
        let full = StoredScope { access_mode: AccessMode::Full, ..fallback.clone() };
        assert_eq!(read(&json!({"path": "/", "access_mode": "full-access"}), &fallback), Ok(full));
        assert_eq!(read(&json!({}), &fallback), Ok(fallback));
    }
}
