//! What the contract has and this version has not: each action is refused in the contract's own words, and nothing is pretended.

use super::Refused;
use super::field::Fields;

const SECONDS: std::ops::RangeInclusive<u32> = 1..=3_600;
const PORTS: std::ops::RangeInclusive<u32> = 1..=65_535;
/// Characters of a channel's name.
const CHANNEL_CHARS: usize = 64;

/// The refusal of an action that comes later; `None` for one nobody knows.
pub(super) fn refusal(action: &str, fields: &Fields) -> Option<Refused> {
    let (group, rest) = action.split_once('.')?;
    Some(match (group, rest) {
        ("automation", "enable" | "disable" | "delete" | "run" | "update") => Refused::new(503, "automation service unavailable"),
        ("skill", "install") => Refused::new(403, "remote skill installation is disabled"),
        ("skill", "update" | "delete") => skill(rest, fields),
        ("settings", rest) => settings(rest, fields)?,
        _ => return None,
    })
}

fn settings(action: &str, fields: &Fields) -> Option<Refused> {
    let (group, rest) = action.split_once('.')?;
    Some(match (group, rest) {
        ("provider", "oauth_login" | "oauth_complete" | "oauth_logout") => Refused::bad("unknown OAuth provider"),
        ("api_service", "start") => api(fields).err().unwrap_or_else(absent),
        ("api_service", "stop") => absent(),
        ("cli_app", "install" | "update" | "uninstall" | "test") => named(fields, "missing CLI app name", "unknown CLI app"),
        ("feature", "enable" | "disable") => named(fields, "missing feature name", "unknown feature"),
        ("channel", "validate" | "configure") => named(fields, "missing channel name", "unknown channel"),
        ("channel", "connect.start" | "connect.poll" | "connect.cancel") => channel(fields),
        ("pairing", "approve" | "deny") => match fields.text("code").unwrap_or_default() {
            "" => Refused::bad("missing pairing code"),
            _ => Refused::new(404, "unknown pairing code"),
        },
        ("mcp", rest) => mcp(rest, fields)?,
        _ => return None,
    })
}

fn mcp(action: &str, fields: &Fields) -> Option<Refused> {
    Some(match action {
        "enable" | "disable" | "remove" | "test" | "reconnect" | "tools" | "oauth_start" => preset(fields),
        "oauth_complete" | "oauth_cancel" => match fields.text("flow_id").unwrap_or_default() {
            "" => Refused::bad("missing MCP OAuth flow ID"),
            _ => Refused::new(404, "Unknown or expired MCP OAuth flow"),
        },
        "custom" | "import" | "import_cursor" => Refused::new(501, "MCP servers come with a later version of Alcove"),
        _ => return None,
    })
}

fn preset(fields: &Fields) -> Refused {
    match fields.text("name").unwrap_or_default() {
        "" => Refused::bad("missing MCP preset name"),
        name if !name.bytes().all(plain) => Refused::bad("invalid MCP preset name"),
        _ => Refused::new(404, "unknown MCP preset"),
    }
}

fn skill(action: &str, fields: &Fields) -> Refused {
    let name = fields.text("name").unwrap_or_default();
    if !is_skill_name(name) {
        return Refused::bad("invalid skill name");
    }
    match (action, fields.flag("enabled")) {
        ("update", Ok(None) | Err(_)) => Refused::bad("enabled must be true or false"),
        _ => Refused::new(404, "skill not found"),
    }
}

/// What may be the name of a skill.
pub fn is_skill_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= CHANNEL_CHARS && name.bytes().all(plain)
}

fn channel(fields: &Fields) -> Refused {
    let name = fields.text("channel").unwrap_or_default();
    let known = !name.is_empty() && name.len() <= CHANNEL_CHARS && name.bytes().all(plain);
    if known { Refused::new(404, "unknown channel") } else { Refused::bad("invalid channel") }
}

fn named(fields: &Fields, missing: &str, unknown: &str) -> Refused {
    match fields.text("name").unwrap_or_default() {
        "" => Refused::bad(missing),
        _ => Refused::new(404, unknown),
    }
}

fn plain(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_'
}

fn api(fields: &Fields) -> Result<(), Refused> {
    fields.filled("host", "host is required")?;
    fields.within("port", PORTS)?;
    fields.within("timeout", SECONDS)?;
    Ok(())
}

fn absent() -> Refused {
    Refused::new(501, "the API service comes with a later version of Alcove")
}
