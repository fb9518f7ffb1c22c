//! How a person arranged the list of chats (envelope §2.6): kept by the gateway, so that every window shows the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `GET /api/webui/sidebar-state`, and the result of `sidebar.update`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SidebarState {
    /// Always 1.
    pub schema_version: u32,
    /// Session keys at the top.
    pub pinned_keys: Vec<String>,
    /// Session keys put away.
    pub archived_keys: Vec<String>,
    /// Session keys in the order of a person's hand.
    pub session_order: Vec<String>,
    /// Titles given here, by session key.
    pub title_overrides: BTreeMap<String, String>,
    /// Names of projects given here, by path.
    pub project_name_overrides: BTreeMap<String, String>,
    /// Tags by session key.
    pub tags_by_key: BTreeMap<String, Vec<String>>,
    /// Groups by name, true for closed ones.
    pub collapsed_groups: BTreeMap<String, bool>,
    /// Chats side by side.
    pub workbench: Workbench,
    /// How rows look.
    pub view: SidebarView,
    /// When it was last changed, UTC with a `Z`; null before the first change.
    pub updated_at: Option<String>,
}

/// Chats side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Workbench {
    /// Always 1.
    pub version: u32,
    /// By the tab's key.
    pub tabs: BTreeMap<String, WorkbenchTab>,
}

/// One tab of the workbench.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkbenchTab {
    /// Whether a person made it.
    pub explicit: bool,
    /// Its title, when it has one of its own.
    pub title: Option<String>,
    /// Session keys, at most four.
    pub pane_keys: Vec<String>,
    /// The same in the order they lie.
    pub layout_pane_keys: Vec<String>,
    /// How they lie.
    pub layout: WorkbenchLayout,
    /// Where the borders are, 0.05 to 0.95.
    pub split_ratios: Vec<f64>,
}

/// How panes lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum WorkbenchLayout {
    /// Side by side.
    #[default]
    Columns,
    /// One below the other.
    Rows,
    /// In a grid.
    Grid,
    /// Each half of what was left.
    Bsp,
    /// One large, the others stacked beside it.
    MainStack,
}

/// How rows look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SidebarView {
    /// How close.
    pub density: Density,
    /// With the newest line.
    pub show_previews: bool,
    /// With the time.
    pub show_timestamps: bool,
    /// With those put away.
    pub show_archived: bool,
    /// In which order.
    pub sort: SidebarSort,
}

/// How close rows stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Density {
    /// With room.
    #[default]
    Comfortable,
    /// Close.
    Compact,
}

/// In which order rows stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum SidebarSort {
    /// Newest first.
    #[default]
    UpdatedDesc,
    /// Last made first.
    CreatedDesc,
    /// By title.
    TitleAsc,
    /// As a person put them.
    Manual,
}

impl Default for SidebarState {
    fn default() -> Self {
        Self {
            schema_version: 1,
            pinned_keys: Vec::new(),
            archived_keys: Vec::new(),
            session_order: Vec::new(),
            title_overrides: BTreeMap::new(),
            project_name_overrides: BTreeMap::new(),
            tags_by_key: BTreeMap::new(),
            collapsed_groups: BTreeMap::new(),
            workbench: Workbench::default(),
            view: SidebarView::default(),
            updated_at: None,
        }
    }
}

impl Default for Workbench {
    fn default() -> Self {
        Self { version: 1, tabs: BTreeMap::new() }
    }
}
