//! How a person arranged the list of chats (envelope §2.6): whatever a client sends is brought into shape before it is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alcove_proto::envelope::{Event, SidebarStateUpdated};
use alcove_proto::sidebar::{SidebarState, SidebarView, Workbench, WorkbenchTab};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Refused;
use super::usage::utc;
use crate::clock::now_ms;
use crate::engine::Engine;
use crate::error::Error;

/// The setting it is kept under.
pub(crate) const SETTING: &str = "sidebar";

/// The largest state that is kept, in bytes.
const STATE_BYTES: usize = 256 << 10;
/// Items of a list, entries of a map.
const ITEMS: usize = 2_000;
/// Characters of a key.
const KEY_CHARS: usize = 512;
/// Characters of a title.
const TITLE_CHARS: usize = 160;
/// Characters of a tag.
const TAG_CHARS: usize = 40;
/// Tags of one chat.
const TAGS: usize = 12;
/// Chats side by side in one tab.
const PANES: usize = 4;
/// How far a border may be moved.
const RATIOS: (f64, f64) = (0.05, 0.95);

impl Engine {
    /// How the list of chats is arranged.
    pub fn sidebar(&self) -> Arc<SidebarState> {
        self.shared().sidebar.current()
    }

    /// Arranges the list of chats: `state` is an object, or its JSON text. Answers what was kept.
    pub async fn set_sidebar(&self, state: &Value) -> Result<Value, Refused> {
        let mut state = read(state)?;
        state.updated_at = Some(utc(now_ms()));
        let told = Event::SidebarStateUpdated(SidebarStateUpdated { state: state.clone() });
        let value = serde_json::to_value(&state).map_err(|_| Refused::new(500, "failed to write sidebar state"))?;
        if value.to_string().len() > STATE_BYTES {
            return Err(Refused::bad("sidebar state is too large"));
        }
        let kept = self.shared().sidebar.change(|kept| {
            *kept = state;
            Ok::<(), Error>(())
        });
        kept.await.map_err(|error| {
            crate::report::problem("how the list of chats is arranged could not be kept", &error);
            Refused::new(500, "failed to write sidebar state")
        })?;
        self.shared().announcer.tell_windows(&told);
        Ok(value)
    }
}

fn read(state: &Value) -> Result<SidebarState, Refused> {
    match state {
        Value::Object(state) => Ok(clean(state)),
        Value::Null => Err(Refused::bad("missing state")),
        Value::String(text) if text.is_empty() => Err(Refused::bad("missing state")),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(state)) => Ok(clean(&state)),
            Ok(_) => Err(Refused::bad("state must be an object")),
            Err(_) => Err(Refused::bad("state must be JSON")),
        },
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => Err(Refused::bad("state must be an object")),
    }
}

fn clean(state: &Map<String, Value>) -> SidebarState {
    SidebarState {
        pinned_keys: texts(state.get("pinned_keys"), KEY_CHARS),
        archived_keys: texts(state.get("archived_keys"), KEY_CHARS),
        session_order: texts(state.get("session_order"), KEY_CHARS),
        title_overrides: map(state.get("title_overrides"), |title| text(title, TITLE_CHARS)),
        project_name_overrides: map(state.get("project_name_overrides"), |name| text(name, TITLE_CHARS)),
        tags_by_key: map(state.get("tags_by_key"), tags),
        collapsed_groups: map(state.get("collapsed_groups"), |closed| Some(is_true(closed))),
        workbench: workbench(state.get("workbench")),
        view: view(state.get("view")),
        ..SidebarState::default()
    }
}

/// Trimmed and cut; `None` when nothing is left.
fn text(value: &Value, chars: usize) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.chars().take(chars).collect())
}

/// Each text once, in order.
fn texts(list: Option<&Value>, chars: usize) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let items = list.and_then(Value::as_array).into_iter().flatten().take(ITEMS);
    items.filter_map(|item| text(item, chars)).filter(|item| seen.insert(item.clone())).collect()
}

fn map<T>(object: Option<&Value>, read: impl Fn(&Value) -> Option<T>) -> BTreeMap<String, T> {
    let entries = object.and_then(Value::as_object).into_iter().flatten().take(ITEMS);
    entries.filter_map(|(key, value)| Some((text(&Value::String(key.clone()), KEY_CHARS)?, read(value)?))).collect()
}

fn tags(list: &Value) -> Option<Vec<String>> {
    let mut tags = texts(Some(list), TAG_CHARS);
    tags.truncate(TAGS);
    (!tags.is_empty()).then_some(tags)
}

/// What early clients send for yes: anything but nothing.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::String(value) => !value.is_empty(),
        Value::Array(value) => !value.is_empty(),
        Value::Object(value) => !value.is_empty(),
    }
}

/// The word, or what stands for it when it is none.
fn word<T: DeserializeOwned + Default>(value: Option<&Value>) -> T {
    value.cloned().and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

fn view(view: Option<&Value>) -> SidebarView {
    let field = |name: &str| view.and_then(|view| view.get(name));
    let default = SidebarView::default();
    SidebarView {
        density: word(field("density")),
        show_previews: field("show_previews").map_or(default.show_previews, is_true),
        show_timestamps: field("show_timestamps").map_or(default.show_timestamps, is_true),
        show_archived: field("show_archived").map_or(default.show_archived, is_true),
        sort: word(field("sort")),
    }
}

/// A chat lies in one tab only, and a tab nobody made holds more than one.
fn workbench(workbench: Option<&Value>) -> Workbench {
    let mut taken = BTreeSet::new();
    let tabs = workbench.and_then(|workbench| workbench.get("tabs")).and_then(Value::as_object);
    let mut kept = Workbench::default();
    for (key, tab) in tabs.into_iter().flatten().take(ITEMS) {
        let Some(key) = text(&Value::String(key.clone()), KEY_CHARS) else { continue };
        let mut panes = texts(tab.get("paneKeys"), KEY_CHARS);
        panes.retain(|pane| !taken.contains(pane));
        panes.truncate(PANES);
        let explicit = tab.get("explicit").and_then(Value::as_bool) == Some(true);
        if panes.is_empty() || (panes.len() == 1 && !explicit) {
            continue;
        }
        taken.extend(panes.iter().cloned());
        kept.tabs.insert(key, tab_of(tab, explicit, panes));
    }
    kept
}

fn tab_of(tab: &Value, explicit: bool, panes: Vec<String>) -> WorkbenchTab {
    let mut order = texts(tab.get("layoutPaneKeys"), KEY_CHARS);
    order.retain(|pane| panes.contains(pane));
    let rest: Vec<String> = panes.iter().filter(|pane| !order.contains(pane)).cloned().collect();
    order.extend(rest);
    let ratios = tab.get("splitRatios").and_then(Value::as_array).into_iter().flatten();
    WorkbenchTab {
        explicit,
        title: tab.get("title").and_then(|title| text(title, TITLE_CHARS)),
        layout_pane_keys: order,
        pane_keys: panes,
        layout: word(tab.get("layout")),
        split_ratios: ratios.filter_map(Value::as_f64).map(|ratio| ratio.clamp(RATIOS.0, RATIOS.1)).take(PANES - 1).collect(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    fn check(state: &Value, expected: &Expect) {
        let found = match read(state) {
            Ok(state) => {
                let full = serde_json::to_value(state).unwrap();
                let plain = serde_json::to_value(SidebarState::default()).unwrap();
                let changed = full.as_object().unwrap().iter().filter(|(key, value)| plain[key.as_str()] != **value);
                changed.map(|(key, value)| format!("{key}: {value}\n")).collect()
            }
            Err(refused) => format!("{} {}\n", refused.status, refused.message),
        };
        expected.assert_eq(&found);
    }

    #[test]
    fn what_is_no_state_is_refused() {
        check(&json!(null), &expect![["400 missing state\n"]]);
        check(&json!(""), &expect![["400 missing state\n"]]);
        check(&json!("{"), &expect![["400 state must be JSON\n"]]);
        check(&json!("[]"), &expect![["400 state must be an object\n"]]);
        check(&json!([]), &expect![["400 state must be an object\n"]]);
        check(&json!(5), &expect![["400 state must be an object\n"]]);
    }

    #[test]
    fn the_empty_state_is_the_contracts() {
        let text = serde_json::to_string(&read(&json!("{}")).unwrap()).unwrap();
        expect![[r#"{"schema_version":1,"pinned_keys":[],"archived_keys":[],"session_order":[],"title_overrides":{},"project_name_overrides":{},"tags_by_key":{},"collapsed_groups":{},"workbench":{"version":1,"tabs":{}},"view":{"density":"comfortable","show_previews":false,"show_timestamps":false,"show_archived":false,"sort":"updated_desc"},"updated_at":null}"#]]
        .assert_eq(&text);
    }

    #[test]
    fn lists_are_trimmed_cut_and_hold_each_once() {
        check(
            &json!({"pinned_keys": [" a ", "a", "", 5, null, "b"], "archived_keys": "a", "schema_version": 9, "updated_at": "x", "else": 1}),
            &expect![[r#"
                pinned_keys: ["a","b"]
            "#]],
        );
        let long = json!({"pinned_keys": ["k".repeat(600)], "session_order": (0..2_100).map(|n| n.to_string()).collect::<Vec<_>>()});
        let state = read(&long).unwrap();
        assert_eq!((state.pinned_keys[0].len(), state.session_order.len()), (512, 2_000));
    }

    #[test]
    fn maps_keep_what_is_of_their_kind() {
        check(
            &json!({"title_overrides": {" a ": " T ", "b": "", "c": 1, "": "x"}, "project_name_overrides": {"/p": "P"},
                "tags_by_key": {"a": ["x", "x", "y"], "b": [], "c": "z"},
                "collapsed_groups": {"a": true, "b": 0, "c": "yes", "d": null}}),
            &expect![[r#"
                collapsed_groups: {"a":true,"b":false,"c":true,"d":false}
                project_name_overrides: {"/p":"P"}
                tags_by_key: {"a":["x","y"]}
                title_overrides: {"a":"T"}
            "#]],
        );
        let long = read(&json!({"title_overrides": {"a": "ä".repeat(200)}, "tags_by_key": {"a": (0..20).map(|n| format!("{n}{}", "x".repeat(50))).collect::<Vec<_>>()}})).unwrap();
        assert_eq!(long.title_overrides["a"].chars().count(), 160);
        assert_eq!((long.tags_by_key["a"].len(), long.tags_by_key["a"][0].len()), (12, 40));
    }

    #[test]
    fn the_view_falls_back_word_by_word() {
        check(
            &json!({"view": {"density": "compact", "sort": "manual", "show_previews": 1, "show_archived": "", "show_timestamps": true}}),
            &expect![[r#"
                view: {"density":"compact","show_archived":false,"show_previews":true,"show_timestamps":true,"sort":"manual"}
            "#]],
        );
        check(&json!({"view": {"density": "huge", "sort": 5}}), &expect![[""]]);
        check(&json!({"view": []}), &expect![[""]]);
    }

    #[test]
    fn a_chat_lies_in_one_tab_of_the_workbench() {
        check(
            &json!({"workbench": {"version": 7, "tabs": {
                "a": {"explicit": true, "title": " Two ", "paneKeys": ["1", "2", "3", "4", "5"], "layoutPaneKeys": ["3", "9"], "layout": "main-stack", "splitRatios": [0, 0.5, 2, 0.3, "x"]},
                "b": {"paneKeys": ["1", "6"]},
                "c": {"explicit": 1, "paneKeys": ["7"]},
                "d": {"paneKeys": ["7", "8"], "layout": "spiral"},
                "e": [],
            }}}),
            &expect![[r#"
                workbench: {"tabs":{"a":{"explicit":true,"layout":"main-stack","layoutPaneKeys":["3","1","2","4"],"paneKeys":["1","2","3","4"],"splitRatios":[0.05,0.5,0.95],"title":"Two"},"d":{"explicit":false,"layout":"columns","layoutPaneKeys":["7","8"],"paneKeys":["7","8"],"splitRatios":[],"title":null}},"version":1}
            "#]],
        );
    }
}
