//! What the page may ask of the shell beside its sockets: the commands behind `window.alcoveHost` and `window.nanobotHost` (envelope
//! §6.3). Each is listed in the application manifest and in the window's capability; none takes a path, a program or an address
//! from the page that was not checked.

use std::path::Path;
use std::sync::Arc;

use alcove_gateway::HostAsk;
use serde::Serialize;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{AppHandle, State, Url};
use tokio::sync::mpsc;

use crate::dialog::Ask;
use crate::engine::State as EngineState;
use crate::shell::Shell;
use crate::theme::Choice;
use crate::watchers::Topic;
use crate::{external, process, save};

/// Where the diagnostics come from, and what they are called.
const DIAGNOSTICS: (&str, &str) = ("/api/diagnostics?format=zip", "alcove-diagnostics.zip");
/// The folder of chats that chose none, in the data folder.
const WORKSPACE: &str = "workspace";
/// The folder of the log, in the data folder.
const LOGS: &str = "logs";

/// What the page may know of where it runs (envelope §6.3). There is no Python here, and the page needs no address of the API.
#[derive(Serialize)]
pub(crate) struct RuntimeInfo {
    surface: &'static str,
    app_version: &'static str,
    engine_status: &'static str,
    engine_transport: &'static str,
    data_dir: String,
    logs_dir: String,
    config_path: String,
    workspace_path: String,
    python: &'static str,
}

impl RuntimeInfo {
    /// Where things are, with the engine in this state.
    pub(crate) fn of(data_dir: &Path, config_path: &Path, state: &EngineState) -> Self {
        let within = |name: &str| data_dir.join(name).display().to_string();
        Self {
            surface: "native",
            app_version: env!("CARGO_PKG_VERSION"),
            engine_status: state.word(),
            engine_transport: "unix_socket",
            data_dir: data_dir.display().to_string(),
            logs_dir: within(LOGS),
            config_path: config_path.display().to_string(),
            workspace_path: within(WORKSPACE),
            python: "",
        }
    }
}

/// Tells the page where it runs.
#[tauri::command]
pub(crate) async fn runtime_info(shell: State<'_, Arc<Shell>>) -> Result<RuntimeInfo, ()> {
    Ok(RuntimeInfo::of(&shell.data_dir, &shell.config_path, &shell.engine.state()))
}

/// The page listens to a topic from now on.
#[tauri::command]
pub(crate) async fn watch(shell: State<'_, Arc<Shell>>, topic: Topic, channel: Channel<InvokeResponseBody>) -> Result<(), ()> {
    shell.watchers.add(topic, channel);
    Ok(())
}

/// Starts the engine again; answers when it serves, or with the reason why not.
#[tauri::command]
pub(crate) async fn restart_engine(shell: State<'_, Arc<Shell>>) -> Result<(), String> {
    shell.engine.restart().await
}

/// Lets the person choose a folder; null if they chose none.
#[tauri::command]
pub(crate) async fn pick_folder(app: AppHandle, shell: State<'_, Arc<Shell>>) -> Result<Option<String>, String> {
    let chosen = shell.dialogs.show(&app, Ask::Folder).await.map_err(|refusal| refusal.to_string())?;
    Ok(chosen.map(|folder| folder.display().to_string()))
}

/// Shows the folder of the log in the desktop's file manager.
#[tauri::command]
pub(crate) async fn open_logs(shell: State<'_, Arc<Shell>>) -> Result<(), String> {
    let folder = shell.data_dir.join(LOGS);
    let folder = std::path::absolute(&folder).map_err(|error| error.to_string())?;
    let url = Url::from_directory_path(&folder).map_err(|()| format!("{} is no folder to open", folder.display()))?;
    open(url).await
}

/// Saves the diagnostics where the person chooses; null if they chose no place.
#[tauri::command]
pub(crate) async fn export_diagnostics(app: AppHandle, shell: State<'_, Arc<Shell>>) -> Result<Option<String>, String> {
    let (path, name) = DIAGNOSTICS;
    choose_and_save(&app, &shell, name, path).await
}

/// Saves what the gateway answers at this path of its API where the person chooses; null if they chose no place.
#[tauri::command]
pub(crate) async fn save_file(
    app: AppHandle,
    shell: State<'_, Arc<Shell>>,
    suggested_name: String,
    path: String,
) -> Result<Option<String>, String> {
    save::check(&path)?;
    choose_and_save(&app, &shell, &save::file_name(&suggested_name), &path).await
}

async fn choose_and_save(app: &AppHandle, shell: &Arc<Shell>, name: &str, path: &str) -> Result<Option<String>, String> {
    let chosen = shell.dialogs.show(app, Ask::Save(name.to_owned())).await.map_err(|refusal| refusal.to_string())?;
    let Some(place) = chosen else { return Ok(None) };
    save::save(&shell.engine, path, &place).await?;
    Ok(Some(place.display().to_string()))
}

/// Hands a web or mail address to the desktop.
#[tauri::command]
pub(crate) async fn open_external(url: String) -> Result<(), String> {
    open(external::check(&url)?).await
}

async fn open(url: Url) -> Result<(), String> {
    let opened = tauri::async_runtime::spawn_blocking(move || process::open(&url)).await;
    opened.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

/// The page has painted, in this theme.
#[tauri::command]
pub(crate) async fn painted(app: AppHandle, shell: State<'_, Arc<Shell>>, theme: Choice) -> Result<(), ()> {
    shell.painted(&app, theme);
    Ok(())
}

/// Tells the page what becomes of the engine, for as long as there is a shell.
pub(crate) async fn tell_status(shell: Arc<Shell>) {
    let mut states = shell.engine.watch();
    while states.changed().await.is_ok() {
        let state = states.borrow_and_update().clone();
        shell.watchers.tell(Topic::Status, &RuntimeInfo::of(&shell.data_dir, &shell.config_path, &state));
    }
}

/// Answers what the gateway asks of the shell, for as long as there is a shell.
pub(crate) async fn answer_asks(shell: Arc<Shell>, app: AppHandle, mut asked: mpsc::Receiver<HostAsk>) {
    while let Some(ask) = asked.recv().await {
        match ask {
            HostAsk::PickFolder { reply } => {
                let chosen = shell.dialogs.show(&app, Ask::Folder).await.map_err(|refusal| refusal.to_string());
                // The client that asked may have gone meanwhile.
                let _gone = reply.send(chosen);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_learns_where_it_runs_in_the_contracts_words() {
        let info = RuntimeInfo::of(Path::new("/data"), Path::new("/data/config.toml"), &EngineState::Restarting);
        let seen = serde_json::to_value(info).unwrap();
        let expected = serde_json::json!({
            "surface": "native",
            "app_version": env!("CARGO_PKG_VERSION"),
            "engine_status": "restarting",
            "engine_transport": "unix_socket",
            "data_dir": "/data",
            "logs_dir": "/data/logs",
            "config_path": "/data/config.toml",
            "workspace_path": "/data/workspace",
            "python": "",
        });
        assert_eq!(seen, expected);
    }
}
