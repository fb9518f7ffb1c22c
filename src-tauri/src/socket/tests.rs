//! The socket against a real WebSocket server on a temporary Unix socket.

use std::sync::Mutex;

use serde_json::Value;
use tokio::net::UnixListener;
use tokio::sync::Notify;

use super::*;
use crate::engine;

/// What the page would have been handed, batch by batch.
#[derive(Default)]
struct Page {
    batches: Mutex<Vec<Vec<Value>>>,
    came: Notify,
}

impl Page {
    fn channel(self: &Arc<Self>) -> Channel<InvokeResponseBody> {
        let page = Arc::clone(self);
        Channel::new(move |body| {
            let InvokeResponseBody::Json(json) = body else { panic!("batches are JSON") };
            page.batches.lock().unwrap().push(serde_json::from_str(&json).unwrap());
            page.came.notify_one();
            Ok(())
        })
    }

    fn events(&self) -> Vec<Value> {
        self.batches.lock().unwrap().concat()
    }

    async fn until(&self, enough: impl Fn(&[Vec<Value>]) -> bool) {
        while !enough(&self.batches.lock().unwrap()) {
            self.came.notified().await;
        }
    }
}

/// A socket of the page, its outgoing end and the gateway's listener.
struct Scene {
    page: Arc<Page>,
    outgoing: mpsc::Sender<String>,
    credit: Arc<Semaphore>,
    closed: CancellationToken,
    listener: UnixListener,
    socket: tokio::task::JoinSet<()>,
    _folder: tempfile::TempDir,
}

fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let page = Arc::new(Page::default());
    let (outgoing, rx) = mpsc::channel(OUTGOING_LIMIT);
    let credit = Arc::new(Semaphore::new(BATCHES_AHEAD));
    let closed = CancellationToken::new();
    let ends = Ends { outgoing: rx, credit: credit.clone(), closed: closed.clone(), channel: page.channel() };
    let mut socket = tokio::task::JoinSet::new();
    socket.spawn(run(engine::ready_at(path), "ws://localhost/?token=t".to_owned(), ends));
    Scene { page, outgoing, credit, closed, listener, socket, _folder: folder }
}

async fn accept(listener: &UnixListener) -> Line {
    let (stream, _) = listener.accept().await.unwrap();
    tokio_tungstenite::accept_async(stream).await.unwrap()
}

fn ended(batches: &[Vec<Value>]) -> bool {
    batches.iter().flatten().any(|event| event["type"] == "close")
}

#[tokio::test]
async fn frames_cross_both_ways_and_the_gateways_close_is_told() {
    let scene = scene();
    let mut gateway = accept(&scene.listener).await;
    scene.outgoing.send("one".to_owned()).await.unwrap();
    scene.outgoing.send("two".to_owned()).await.unwrap();
    for expected in ["one", "two"] {
        assert_eq!(gateway.next().await.unwrap().unwrap(), Message::text(expected));
    }
    gateway.send(Message::text("\"quoted\" \u{2028}")).await.unwrap();
    let goodbye = CloseFrame { code: CloseCode::Library(4408), reason: "too slow".into() };
    gateway.send(Message::Close(Some(goodbye))).await.unwrap();
    scene.page.until(ended).await;
    let expected = serde_json::json!([
        { "type": "open" },
        { "type": "message", "data": "\"quoted\" \u{2028}" },
        { "type": "close", "code": 4408, "reason": "too slow" },
    ]);
    assert_eq!(Value::Array(scene.page.events()), expected);
}

#[tokio::test]
async fn a_page_that_does_not_read_stops_the_reading() {
    const FRAMES: usize = 20_000;
    let scene = scene();
    let mut gateway = accept(&scene.listener).await;
    let sending = async {
        for number in 0..FRAMES {
            gateway.send(Message::text(format!("{number:>400}"))).await.unwrap();
        }
        gateway.close(None).await.unwrap();
    };
    let reading = async {
        // The `open` event costs no credit; every batch of frames does.
        scene.page.until(|batches| batches.len() > BATCHES_AHEAD).await;
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(scene.page.batches.lock().unwrap().len(), BATCHES_AHEAD + 1);
        assert_eq!(scene.credit.available_permits(), 0);
        scene.credit.add_permits(Semaphore::MAX_PERMITS / 2);
        scene.page.until(ended).await;
    };
    tokio::join!(sending, reading);
    let events = scene.page.events();
    let numbers = events.iter().filter_map(|event| event["data"].as_str()).map(|data| data.trim().parse::<usize>().unwrap());
    assert!(numbers.eq(0..FRAMES), "every frame once and in order");
}

#[tokio::test]
async fn closing_says_goodbye_to_the_gateway_and_the_page() {
    let mut scene = scene();
    let mut gateway = accept(&scene.listener).await;
    scene.page.until(|batches| !batches.is_empty()).await;
    scene.closed.cancel();
    let Some(Ok(Message::Close(Some(frame)))) = gateway.next().await else { panic!("a close frame comes") };
    assert_eq!(frame.code, CloseCode::Normal);
    scene.socket.join_next().await.unwrap().unwrap();
    assert_eq!(scene.page.events().last().unwrap()["code"], NORMAL);
}

#[tokio::test]
async fn a_refused_handshake_is_an_error_and_a_close() {
    let mut scene = scene();
    drop(scene.listener);
    scene.socket.join_next().await.unwrap().unwrap();
    let events = scene.page.events();
    assert_eq!(events[0]["type"], "error");
    assert_eq!(events[1], serde_json::json!({ "type": "close", "code": ABNORMAL, "reason": "" }));
}
