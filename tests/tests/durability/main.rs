//! `kill -9` at any moment while many chats stream: what was acknowledged or told as final is there afterwards, once, in its place and
//! byte for byte; what was unfinished is closed and says so; and the next start serves at once.
//!
//! `ALCOVE_KILL_ROUNDS` sets how often, `ALCOVE_SEED` repeats a run.

mod ledger;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alcove_tests::client::{Client, Frame};
use alcove_tests::dice::Dice;
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::http::thread;
use alcove_tests::model::{Call, ModelServer};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use ledger::Ledger;

/// Chats that stream at once.
const CHATS: usize = 8;
/// Rounds after which other chats are used, so that each is looked through whole in every round.
const ROUNDS_A_CHAT: usize = 8;
/// From the start of the process to a served thread.
const START_LIMIT: Duration = Duration::from_secs(1);
/// The log beside the database, which is copied into it in time.
const LOG_LIMIT: u64 = 48 << 20;
/// Frames heard before the kill.
const KILL_AFTER: std::ops::Range<u64> = 20..1_500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing() {
    let rounds = std::env::var("ALCOVE_KILL_ROUNDS").map_or(100, |text| text.parse().expect("ALCOVE_KILL_ROUNDS is a number"));
    let mut dice = Dice::seeded("kills_lose_nothing");
    let model = ModelServer::start().await;
    let base = model.base();
    let _playing = model.play(talk);
    let home = Home::default();
    let mut gateway = home.unix();
    Client::connect(&gateway).await.choose_model("scripted", &base).await;
    let mut ledgers: Vec<Ledger> = Vec::new();
    let (mut slowest, mut prompts, mut events) = (Duration::ZERO, 0, 0);
    for round in 0..rounds {
        if round % ROUNDS_A_CHAT == 0 {
            ledgers = (0..CHATS).map(|number| Ledger::new(format!("chat-{round}-{number}"))).collect();
        }
        ledgers = stream_and_kill(gateway, ledgers, &mut dice).await;
        if round % 10 == 9 || round + 1 == rounds {
            assert_sound(&home.data(), home.path());
        }
        let log = std::fs::metadata(home.data().join("alcove.db-wal")).map_or(0, |found| found.len());
        assert!(log < LOG_LIMIT, "round {round}: the log has grown to {log} bytes");
        let (started, took) = start(&home, &ledgers).await;
        gateway = started;
        slowest = slowest.max(took);
        assert!(took < START_LIMIT, "round {round}: {took:?} from the start to a served thread");
        for ledger in &mut ledgers {
            let (told, page) = replayed(&gateway, ledger).await;
            let checked = ledger.check(&told, &page);
            prompts += checked;
            events += told.len();
        }
    }
    assert!(rounds < 50 || prompts > rounds * 4, "{prompts} prompts are too few to mean anything");
    eprintln!("{rounds} kills, {prompts} prompts, {events} events; slowest start to a served thread {slowest:?}");
}

/// The model: a thought for some, then words as fast as they are taken.
async fn talk(mut call: Call) {
    let prompt = call.prompt();
    let length = 1 + prompt.bytes().map(u64::from).sum::<u64>() % 150;
    if length.is_multiple_of(3) {
        call.think("Hm. ").await;
    }
    for number in 0..length {
        call.say(&format!("{number} wörds ")).await;
        tokio::task::yield_now().await;
    }
    call.end().await;
}

/// Lets every chat talk until enough was heard, then kills the gateway in the middle of it.
async fn stream_and_kill(gateway: Gateway, ledgers: Vec<Ledger>, dice: &mut Dice) -> Vec<Ledger> {
    let heard = Arc::new(Semaphore::new(0));
    let mut talking = JoinSet::new();
    for (number, ledger) in ledgers.into_iter().enumerate() {
        let client = Client::connect(&gateway).await;
        talking.spawn(converse(client, ledger, dice.split(), (number, heard.clone())));
    }
    let enough = u32::try_from(dice.draw(KILL_AFTER)).expect("a small number");
    alcove_tests::within("enough is heard", heard.acquire_many(enough)).await.expect("nobody closes it").forget();
    gateway.kill();
    let mut ledgers: Vec<(usize, Ledger)> = alcove_tests::within("everybody hears the end", talking.join_all()).await;
    ledgers.sort_by_key(|(number, _)| *number);
    ledgers.into_iter().map(|(_, ledger)| ledger).collect()
}

/// One client of one chat: sends again what was not acknowledged, then keeps the chat busy until the gateway is gone.
async fn converse(mut client: Client, mut ledger: Ledger, mut dice: Dice, (number, heard): (usize, Arc<Semaphore>)) -> (usize, Ledger) {
    ledger.begin_round();
    client.offer(&json!({ "type": "attach", "chat_id": ledger.chat })).await;
    for frame in ledger.unacknowledged() {
        client.offer(&frame).await;
    }
    let first = ledger.prompt();
    client.offer(&first).await;
    while let Ok(frame) = client.hear().await {
        ledger.hear(&frame);
        heard.add_permits(1);
        let next = match (frame.event(), dice.draw(0..40)) {
            ("goal_status", _) if frame.is_idle() => Some(ledger.prompt()),
            ("delta", 0) => Some(ledger.prompt()),
            ("delta", 1) => Some(ledger.stop()),
            ("message_accepted", 0..10) => Some(ledger.prompt()),
            _ => None,
        };
        if let Some(frame) = next {
            client.offer(&frame).await;
        }
    }
    ledger.ended = Some(Instant::now());
    (number, ledger)
}

/// Starts the gateway; how long it took until it had served a thread that is there.
async fn start(home: &Home, ledgers: &[Ledger]) -> (Gateway, Duration) {
    let began = Instant::now();
    let gateway = home.unix();
    if let Some(ledger) = ledgers.iter().find(|ledger| ledger.is_known()) {
        thread(&gateway, &ledger.chat).await;
    }
    (gateway, began.elapsed())
}

/// Everything the chat tells after the round began, and its thread.
async fn replayed(gateway: &Gateway, ledger: &Ledger) -> (Vec<Frame>, serde_json::Value) {
    let mut client = Client::connect(gateway).await;
    client.send(json!({ "type": "attach", "chat_id": ledger.chat, "after_seq": ledger.base })).await;
    let last = client.find("attached").await.json["last_seq"].as_u64().expect("attached says last_seq");
    if last == 0 {
        return (Vec::new(), json!({ "messages": [], "last_seq": 0 }));
    }
    let page = thread(gateway, &ledger.chat).await;
    let told = if last > ledger.base { client.until(|frame| frame.seq() == Some(last)).await } else { Vec::new() };
    (told, page)
}

/// Looks through a copy of the database as the kill left it.
#[expect(clippy::disallowed_methods, reason = "a copy is looked at from outside, past the store")]
fn assert_sound(data: &Path, beside: &Path) {
    let copy = beside.join("copy");
    std::fs::create_dir_all(&copy).unwrap();
    let mut database = None;
    for entry in std::fs::read_dir(data).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_file() {
            std::fs::copy(entry.path(), copy.join(&name)).unwrap();
        }
        if name.ends_with(".db") || name.ends_with(".sqlite") {
            database = Some(copy.join(name));
        }
    }
    let db = rusqlite::Connection::open(database.expect("there is a database")).unwrap();
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    drop(db);
    std::fs::remove_dir_all(copy).unwrap();
}
