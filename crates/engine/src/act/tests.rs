//! Commands where nothing holds them, and one that is stopped before it began: over the wire neither can be had at will.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use alcove_agent::tool::{Ask, Run, Tool};
use alcove_store::{Change, ChatRow, Origin};
use serde_json::Map;
use tempfile::TempDir;

use super::*;
use crate::process::Guard;
use crate::sandbox::{self, Helper};
use crate::secret::keys::Place;

/// Hands whose guardians do nothing but make a file.
struct Scene {
    data: TempDir,
    hands: Arc<Hands>,
}

impl Scene {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("project")).unwrap();
        let store = Store::open(data.path()).unwrap();
        store.write_wait(vec![Change::CreateChat(ChatRow::new("c", Origin::WebUi, 1))]).unwrap();
        let guard = Guard { program: "/usr/bin/touch".into(), args: vec![launched(data.path()).into()] };
        let parts = Parts {
            own: Own::hold(&[]).unwrap(),
            sandbox: Probing::begin(Helper { program: PathBuf::new() }, sandbox::Own { data: data.path().to_owned(), more: Vec::new() }),
            processes: Processes::new(guard),
            checkpoints: Checkpoints::open(data.path(), &store).unwrap(),
            media: Media::open(data.path(), &store).unwrap(),
            keys: Keys::open_in(data.path(), Place::File).unwrap(),
            preferences: Arc::new(Kept::load(&store, crate::settings::preferences::SETTING, "the settings").unwrap()),
            acting: Arc::new(Kept::load(&store, crate::acting::SETTING, "how chats act").unwrap()),
            store,
        };
        Self { data, hands: Arc::new(Hands::new(parts)) }
    }

    fn at(&self, lasting: Lasting) -> At {
        let project_path = self.data.path().join("project").to_string_lossy().into_owned();
        At {
            chat: ChatId::parse("c").unwrap(),
            lasting,
            turn: 1,
            scope: StoredScope { project_path, access_mode: AccessMode::Restricted },
            own: OwnChoice::default(),
            record: "log://turn_1/sh/true".to_owned(),
        }
    }
}

fn launched(data: &Path) -> PathBuf {
    data.join("launched")
}

fn call() -> Call {
    let run = Run { script: "true".to_owned(), cwd: None, background: false, limit_s: None, network: false, looks: false };
    Call { id: "1".to_owned(), tool: Tool::Exec, arguments: Map::new(), ask: Ask::Run(run), target: "true".to_owned() }
}

/// Whether a command was launched that was stopped while its folder was to be looked at, or was not stopped at all.
fn is_launched(lasting: Lasting, stopped: bool) -> bool {
    let scene = Scene::new();
    // What blocks has one thread, and that is taken until the command was stopped.
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let prepared = scene.hands.prepare(&call(), &scene.at(lasting)).await.unwrap_or_else(|settled| panic!("{settled:?}"));
        let (go, held) = std::sync::mpsc::sync_channel::<()>(1);
        let holding = tokio::task::spawn_blocking(move || held.recv());
        let (tell, _heard) = mpsc::channel(1);
        let cancel = CancellationToken::new();
        let at = scene.at(lasting);
        let run = scene.hands.work(prepared, &at, (&tell, &cancel));
        let stop = async {
            if stopped {
                cancel.cancel();
            }
            go.send(()).unwrap();
        };
        let _ran = tokio::join!(biased; run, stop);
        holding.await.unwrap().unwrap();
    });
    launched(scene.data.path()).exists()
}

#[test]
fn what_was_stopped_before_it_began_never_begins() {
    for lasting in [Lasting::Kept, Lasting::Temporary] {
        assert!(is_launched(lasting, false), "it is seen when one begins");
        assert!(!is_launched(lasting, true), "{lasting:?}");
    }
}

#[tokio::test]
async fn a_command_that_nothing_holds_is_shown_with_the_network_it_has() {
    let scene = Scene::new();
    scene.hands.ready().await;
    assert_eq!(scene.hands.standing().level, Level::L1, "there is no program to start held commands through");
    let at = scene.at(Lasting::Kept);
    let prepared = scene.hands.prepare(&call(), &at).await.unwrap_or_else(|settled| panic!("{settled:?}"));
    let shown = prepared.view.command.map(|command| command.network);
    assert_eq!((shown, prepared.exact.network, scene.hands.has_network(&at)), (Some(true), true, true));
}
