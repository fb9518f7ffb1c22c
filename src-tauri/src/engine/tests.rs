//! The keeper with real gateways on temporary folders: starts that fail, restarts, and the end.

use tokio::task::JoinSet;

use super::*;

/// A kept gateway, and every state it has been in.
struct Scene {
    engine: Engine,
    seen: watch::Receiver<State>,
    closing: CancellationToken,
    keeping: JoinSet<()>,
}

fn keep(config: Config) -> Scene {
    let (engine, keeper) = pair(&config);
    let closing = CancellationToken::new();
    let mut keeping = JoinSet::new();
    keeping.spawn(keeper.keep(config, closing.clone(), CancellationToken::new()));
    Scene { seen: engine.watch(), engine, closing, keeping }
}

impl Scene {
    /// The words of the states from now on, until one of them is `last`.
    async fn words_until(&mut self, last: &str) -> Vec<&'static str> {
        let mut words = Vec::new();
        loop {
            self.seen.changed().await.unwrap();
            words.push(self.seen.borrow_and_update().word());
            if words.last() == Some(&last) {
                return words;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_is_tried_three_times_more_and_then_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::write(&data, "a file in the way").unwrap();
    let began = tokio::time::Instant::now();
    let mut scene = keep(Config::window(data.clone(), None));
    let failed = scene.seen.wait_for(|state| matches!(state, State::Failed(_))).await.unwrap().clone();
    assert_eq!(began.elapsed().as_secs(), u64::from(START_RETRIES), "a second before each of them");
    let State::Failed(reason) = failed else { panic!("it failed") };
    assert!(reason.contains("data"), "{reason}");
    assert_eq!(scene.engine.connect().await.err(), Some(reason.clone()));

    assert_eq!(scene.engine.restart().await, Err(reason), "asked again, it fails again and says so");
    std::fs::remove_file(&data).unwrap();
    assert_eq!(scene.engine.restart().await, Ok(()));
    assert!(scene.engine.connect().await.is_ok());
    scene.closing.cancel();
    scene.keeping.join_next().await.unwrap().unwrap();
    assert_eq!(scene.engine.state(), State::Stopped);
}

#[tokio::test]
async fn a_restart_brings_another_gateway_to_the_same_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = keep(Config::window(folder.path().to_owned(), None));
    assert_eq!(scene.words_until("ready").await, ["ready"]);
    let before = scene.engine.state();
    let engine = scene.engine.clone();
    let (restarted, words) = tokio::join!(engine.restart(), scene.words_until("ready"));
    assert_eq!((restarted, words), (Ok(()), vec!["restarting", "ready"]));
    assert_eq!(scene.engine.state(), before);
    // Whoever asks while it starts again waits for it instead of being sent away.
    let (restarted, connected) = tokio::join!(engine.restart(), engine.connect());
    assert!(restarted.is_ok() && connected.is_ok());

    let other = keep(Config::window(folder.path().to_owned(), None));
    other.engine.watch().wait_for(|state| matches!(state, State::Ready(_))).await.unwrap();
    let refused = other.engine.restart().await.unwrap_err();
    assert!(refused.contains("another Alcove"), "{refused}");
    scene.closing.cancel();
    scene.engine.stopped().await;
    assert_eq!(scene.engine.restart().await, Err("it is gone".to_owned()));
}

#[tokio::test]
async fn the_configured_secret_is_read_anew_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::window(folder.path().to_owned(), None);
    let (engine, _keeper) = pair(&config);
    assert_eq!(engine.secret().await, None);
    std::fs::write(config.path(), "[websocket]\ntokenIssueSecret = \"a secret\"\n").unwrap();
    assert_eq!(engine.secret().await.unwrap(), "a secret");
}
