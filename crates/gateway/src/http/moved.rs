//! Routes that changed something by GET and moved to the WebSocket (envelope §2.13). They say so before anything else is looked at.

/// Below `/api/`, in the order of the contract's route matrix.
const MOVED: &[&str] = &[
    "webui/sidebar-state/update",
    "settings/update",
    "settings/model-configurations/create",
    "settings/model-configurations/update",
    "settings/model-configurations/delete",
    "settings/model-configurations/migrate",
    "settings/model-call-order/update",
    "settings/provider/update",
    "settings/provider/create",
    "settings/provider/oauth-login",
    "settings/provider/oauth-login/complete",
    "settings/provider/oauth-logout",
    "settings/web-search/update",
    "settings/image-generation/update",
    "settings/network-safety/update",
    "settings/cli-apps/install",
    "settings/cli-apps/update",
    "settings/cli-apps/uninstall",
    "settings/cli-apps/test",
    "settings/mcp-presets/enable",
    "settings/mcp-presets/disable",
    "settings/mcp-presets/remove",
    "settings/mcp-presets/test",
    "settings/mcp-presets/reconnect",
    "settings/mcp-presets/custom",
    "settings/mcp-presets/import",
    "settings/mcp-presets/import-cursor",
    "settings/mcp-presets/tools",
    "settings/transcription/update",
    "webui/automations/enable",
    "webui/automations/disable",
    "webui/automations/delete",
    "webui/automations/run",
    "webui/automations/update",
    "webui/skills/install",
    "webui/skills/update",
    "webui/skills/delete",
    "settings/api-service/start",
    "settings/api-service/stop",
    "settings/nanobot-features/enable",
    "settings/nanobot-features/disable",
    "settings/channels/validate",
    "settings/channels/configure",
    "settings/pairing/approve",
    "settings/pairing/deny",
    "settings/mcp-oauth/start",
    "settings/mcp-oauth/complete",
    "settings/mcp-oauth/cancel",
    "workspaces/pick-folder",
];

/// Whether a path is one of them.
pub(super) fn is_moved(path: &str) -> bool {
    let Some(path) = path.strip_prefix("/api/") else { return false };
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["sessions", _key, "delete"] => true,
        ["settings", "channels", _name, "connect", step] => ["start", "poll", "cancel"].contains(step),
        _ => MOVED.contains(&path),
    }
}
