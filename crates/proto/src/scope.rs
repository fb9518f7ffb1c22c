//! The workspace scope: the folder a chat works in and how far it may go (envelope §3).

use serde::{Deserialize, Serialize};

/// How far a chat may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AccessMode {
    /// Only inside the project folder.
    Restricted,
    /// Anywhere this user may go.
    Full,
}

/// What a chat stores of its scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredScope {
    /// Absolute path of the project folder.
    pub project_path: String,
    /// How far the chat may go.
    pub access_mode: AccessMode,
}

/// The scope as clients see it (envelope §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkspaceScope {
    /// Absolute path of the project folder.
    pub project_path: String,
    /// How far the chat may go.
    pub access_mode: AccessMode,
    /// Last segment of the path.
    pub project_name: String,
    /// True exactly when the mode is restricted.
    pub restrict_to_workspace: bool,
    /// What enforces the restriction.
    pub sandbox_status: SandboxStatus,
}

/// What stands behind a restriction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SandboxStatus {
    /// Whether the chat is restricted at all.
    pub restrict_to_workspace: bool,
    /// The folder it is restricted to.
    pub workspace_root: String,
    /// Who enforces it.
    pub level: SandboxLevel,
    /// Whether the operating system enforces it.
    pub enforced: bool,
    /// Short name of the sandbox.
    pub provider: String,
    /// The same for people.
    pub provider_label: String,
    /// One sentence for people.
    pub summary: String,
}

/// Who enforces a restriction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum SandboxLevel {
    /// Nothing is restricted.
    Off,
    /// Alcove's own path checks.
    Application,
    /// The operating system.
    System,
}

/// What holds the commands of restricted chats on this machine, once that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// 1: nothing, 2: the kernel's own rules, 3: a world of their own.
    pub level: u8,
    /// By what, for people.
    pub provider: String,
}

impl StoredScope {
    /// The scope as clients see it. File tools are kept inside by Alcove; commands by what holds them.
    pub fn payload(&self, held: Option<&Held>) -> WorkspaceScope {
        let mut scope = self.plain();
        let Some(held) = held.filter(|_| self.access_mode == AccessMode::Restricted) else { return scope };
        let status = &mut scope.sandbox_status;
        if held.level >= 2 {
            status.level = SandboxLevel::System;
            status.enforced = true;
            status.provider = if held.level == 3 { "bubblewrap" } else { "landlock" }.to_owned();
            status.provider_label = held.provider.clone();
            status.summary = format!("Alcove keeps the agent inside this folder; its commands are held by {}.", held.provider);
        } else {
            status.summary =
                "Alcove keeps the agent inside this folder. There is no sandbox for commands here, so each one asks.".to_owned();
        }
        scope
    }

    fn plain(&self) -> WorkspaceScope {
        let restricted = self.access_mode == AccessMode::Restricted;
        let name = self.project_path.rsplit('/').find(|segment| !segment.is_empty()).unwrap_or("/");
        WorkspaceScope {
            project_path: self.project_path.clone(),
            access_mode: self.access_mode,
            project_name: name.to_owned(),
            restrict_to_workspace: restricted,
            sandbox_status: SandboxStatus {
                restrict_to_workspace: restricted,
                workspace_root: self.project_path.clone(),
                level: if restricted { SandboxLevel::Application } else { SandboxLevel::Off },
                enforced: false,
                provider: "none".to_owned(),
                provider_label: "None".to_owned(),
                summary: match self.access_mode {
                    AccessMode::Restricted => "Alcove keeps the agent inside this folder.".to_owned(),
                    AccessMode::Full => "The agent may go wherever you may.".to_owned(),
                },
            },
        }
    }
}
