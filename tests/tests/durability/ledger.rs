//! What one client knows of its chat when the gateway is killed, and whether the chat still says the same afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use alcove_tests::client::Frame;
use alcove_tests::story::assert_gapless;
use serde_json::{Value, json};

/// The longest a streamed piece may be only in memory, with room for a busy machine.
const ON_DISK_AFTER: Duration = Duration::from_millis(400);

/// What one client knows of its chat.
pub(crate) struct Ledger {
    pub(crate) chat: String,
    /// Newest event when the round began.
    pub(crate) base: u64,
    /// When the gateway was found gone.
    pub(crate) ended: Option<Instant>,
    /// Every prompt of the chat by its turn, and its number once the chat told it.
    prompts: BTreeMap<String, u64>,
    /// Sent, by turn, until acknowledged.
    unacknowledged: BTreeMap<String, Value>,
    /// Acknowledged in this round.
    accepted: Vec<(String, u64)>,
    /// Heard in this round.
    heard: BTreeMap<u64, (Frame, Instant)>,
    minted: u64,
}

impl Ledger {
    pub(crate) fn new(chat: String) -> Self {
        Self {
            chat,
            base: 0,
            ended: None,
            prompts: BTreeMap::new(),
            unacknowledged: BTreeMap::new(),
            accepted: Vec::new(),
            heard: BTreeMap::new(),
            minted: 0,
        }
    }

    pub(crate) fn begin_round(&mut self) {
        self.accepted.clear();
        self.heard.clear();
        self.ended = None;
    }

    /// Whether the gateway must have the chat.
    pub(crate) fn is_known(&self) -> bool {
        !self.accepted.is_empty() || self.base > 0
    }

    pub(crate) fn unacknowledged(&self) -> Vec<Value> {
        self.unacknowledged.values().cloned().collect()
    }

    /// A new prompt.
    pub(crate) fn prompt(&mut self) -> Value {
        self.minted += 1;
        let turn = format!("{}-t{}", self.chat, self.minted);
        let frame = json!({ "type": "message", "chat_id": self.chat, "content": format!("Prompt {turn}"), "webui": true, "turn_id": turn });
        self.unacknowledged.insert(turn, frame.clone());
        frame
    }

    /// A new stop. It may come too late or be lost; nothing is expected of it.
    pub(crate) fn stop(&mut self) -> Value {
        self.minted += 1;
        json!({ "type": "message", "chat_id": self.chat, "content": "/stop", "webui": true, "turn_id": format!("s{}", self.minted) })
    }

    pub(crate) fn hear(&mut self, frame: &Frame) {
        assert_ne!(frame.json["notice"]["kind"], "error", "the model answers: {}", frame.text);
        let turn = frame.str("turn_id").to_owned();
        match (frame.event(), frame.seq()) {
            ("message_accepted", _) => {
                if let (Some(seq), Some(_)) = (frame.json["seq"].as_u64(), self.unacknowledged.remove(&turn)) {
                    if let Some(before) = self.prompts.get(&turn) {
                        assert_eq!(*before, seq, "{turn} was taken before the kill and is the same prompt");
                    } else {
                        self.accepted.push((turn, seq));
                    }
                }
            }
            ("error", _) => {
                assert_eq!(frame.str("reason"), "queue_full", "{}", frame.text);
                self.unacknowledged.remove(&turn);
            }
            (_, Some(seq)) => {
                let before = self.heard.insert(seq, (frame.clone(), Instant::now()));
                assert!(before.is_none(), "event {seq} came twice");
            }
            (_, None) => {}
        }
    }

    /// Compares what is known with what the restarted gateway tells; gives the number of prompts looked at.
    pub(crate) fn check(&mut self, told: &[Frame], page: &Value) -> usize {
        assert_gapless(told, self.base + 1);
        let by_seq: BTreeMap<u64, &Frame> = told.iter().filter_map(|frame| Some((frame.seq()?, frame))).collect();
        self.check_heard(&by_seq);
        for (turn, seq) in &self.accepted {
            let prompt = by_seq.get(seq).unwrap_or_else(|| panic!("acknowledged {turn} at {seq} is lost"));
            assert_eq!((prompt.event(), prompt.str("turn_id")), ("user_message", turn.as_str()), "{}", prompt.text);
            assert_eq!(prompt.str("text"), format!("Prompt {turn}"));
        }
        let mut begun = BTreeSet::new();
        for frame in told.iter().filter(|frame| frame.event() == "user_message") {
            let (turn, seq) = (frame.str("turn_id").to_owned(), frame.seq().expect("prompts are numbered"));
            let before = self.prompts.insert(turn.clone(), seq);
            assert!(before.is_none(), "{turn} is there twice, at {before:?} and {seq}");
            begun.insert(turn);
        }
        for turn in &begun {
            check_ending(told, turn);
            check_text(told, page, turn);
        }
        assert!(page["active_turn_id"].is_null(), "{}", page["active_turn_id"]);
        assert!(page["messages"].as_array().expect("messages").iter().all(|message| message["isStreaming"] != true));
        let rows = page["messages"].as_array().expect("messages").iter().filter(|message| message["role"] == "user").count();
        assert_eq!(rows, self.prompts.len(), "the thread shows each prompt once");
        self.base = page["last_seq"].as_u64().expect("a page says last_seq");
        begun.len()
    }

    /// Final events are what they were; streamed pieces are, too, but for the last ones before the kill.
    fn check_heard(&self, by_seq: &BTreeMap<u64, &Frame>) {
        let ended = self.ended.expect("the round is over");
        let mut lost_from = None;
        for (seq, (heard, at)) in &self.heard {
            let kept = by_seq.get(seq).is_some_and(|told| told.text == heard.text);
            let piece = matches!(heard.event(), "delta" | "reasoning_delta");
            assert!(kept || piece, "{} was told and is lost; now there is {:?}", heard.text, by_seq.get(seq).map(|told| &told.text));
            if kept {
                assert_eq!(lost_from, None, "something before {} is lost", heard.text);
                continue;
            }
            lost_from.get_or_insert(*seq);
            let age = ended.duration_since(*at);
            assert!(age < ON_DISK_AFTER, "{} was told {age:?} before the kill and is lost", heard.text);
        }
    }
}

/// Every turn ended exactly once, in one of its ways.
fn check_ending(told: &[Frame], turn: &str) {
    let own = told.iter().filter(|frame| frame.str("turn_id") == turn);
    let endings: Vec<&str> = own
        .filter_map(|frame| match (frame.event(), frame.json["notice"]["kind"].as_str()) {
            ("turn_end", _) => Some("ended"),
            ("message", Some(kind @ ("stopped" | "interrupted"))) => Some(kind),
            _ => None,
        })
        .collect();
    assert_eq!(endings.len(), 1, "{turn} ended as {endings:?}");
}

/// The thread shows what was streamed.
fn check_text(told: &[Frame], page: &Value, turn: &str) {
    let own = told.iter().filter(|frame| frame.str("turn_id") == turn && frame.event() == "delta");
    let streamed: String = own.map(|frame| frame.str("text")).collect();
    let rows = page["messages"].as_array().expect("messages").iter();
    let rows = rows.filter(|row| row["turnId"] == turn && row["role"] == "assistant" && row["notice"].is_null());
    let shown: String = rows.map(|row| row["content"].as_str().expect("a text")).collect();
    assert_eq!(shown, streamed, "{turn}");
}
