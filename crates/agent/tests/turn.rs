//! Whole turns as data: what happens on the left, what is done about it on the right.

use alcove_agent::packet::{Message, Packet, Role};
use alcove_agent::turn::{Cut, Effect, Facts, Failure, Input, StepCost, Telling, Turn};
use alcove_proto::envelope::Event;
use alcove_proto::{ChatId, TurnId};
use expect_test::{Expect, expect};

fn packet() -> Packet {
    Packet { messages: vec![Message { role: Role::User, content: "Hi".to_owned(), images: Vec::new() }], tokens: 5, left_out: 0 }
}

fn facts(turn: Option<&str>) -> Facts {
    Facts {
        chat: ChatId::parse("c").expect("an id"),
        turn: turn.and_then(TurnId::parse),
        stream: "websocket:c:9".to_owned(),
        prompted_at: 1000,
        model_name: "p/m".to_owned(),
        preset: Some("fast".to_owned()),
        context_window: Some(8192),
        telling: Telling::ALL,
    }
}

fn check(turn: Option<&str>, inputs: Vec<Input>, expected: &Expect) {
    let mut machine = Turn::new(facts(turn));
    let mut text = String::new();
    for (index, input) in inputs.into_iter().enumerate() {
        for effect in machine.take(input, 2000 + 100 * index as i64) {
            let line = match effect {
                Effect::CallModel(packet) => format!("call model, {} messages", packet.messages.len()),
                Effect::DropModel => "drop model".to_owned(),
                Effect::StreamReasoning(delta) => format!("stream {}", Event::ReasoningDelta(delta).to_json()),
                Effect::StreamAnswer(delta) => format!("stream {}", Event::Delta(delta).to_json()),
                Effect::Append(event) => format!("append {}", event.to_json()),
                Effect::Finish(finish) => format!("finish {:?} {:?}", finish.outcome, finish.answer),
            };
            text.push_str(&line.replace(r#","chat_id":"c""#, ""));
            text.push('\n');
        }
    }
    expected.assert_eq(&text);
}

fn cost() -> StepCost {
    StepCost { prompt: Some(10), completion: Some(2), cached: None, ttft_ms: Some(7), generation_ms: 30 }
}

#[test]
fn an_answer_with_reasoning() {
    let inputs = vec![
        Input::Began(packet()),
        Input::Reasoning("Hm".to_owned()),
        Input::Answer("\n\n".to_owned()),
        Input::Answer("He".to_owned()),
        Input::Answer("llo".to_owned()),
        Input::StepEnded(cost(), Cut::No),
        Input::Answer("too late".to_owned()),
    ];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        append {"event":"turn_model_updated","model_name":"p/m","model_preset":"fast","context_window_tokens":8192}
        append {"event":"goal_status","status":"running","started_at":2.0,"turn_id":"t"}
        call model, 1 messages
        stream {"event":"reasoning_delta","text":"Hm","turn_id":"t","turn_phase":"reasoning","turn_seq":2}
        append {"event":"reasoning_end","turn_id":"t","turn_phase":"reasoning","turn_seq":3}
        stream {"event":"delta","text":"He","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":4}
        stream {"event":"delta","text":"llo","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":5}
        append {"event":"stream_end","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":6}
        append {"event":"turn_end","turn_id":"t","latency_ms":1500,"goal_state":{"active":false},"usage":{"prompt_tokens":10,"completion_tokens":2,"request_count":1,"context_tokens":10,"total_tokens":12,"provider_tokens":12,"generation_ms":30,"measured_completion_tokens":2,"ttft_ms":7,"timed_requests":1},"context_window_tokens":8192,"turn_phase":"complete","turn_seq":7}
        finish Done "Hello"
        append {"event":"goal_status","status":"idle","turn_id":"t"}
    "#]],
    );
}

#[test]
fn a_turn_without_id_carries_no_annotations() {
    let inputs = vec![Input::Began(packet()), Input::Answer("Hello".to_owned()), Input::StepEnded(StepCost::default(), Cut::No)];
    check(
        None,
        inputs,
        &expect![[r#"
        append {"event":"turn_model_updated","model_name":"p/m","model_preset":"fast","context_window_tokens":8192}
        append {"event":"goal_status","status":"running","started_at":2.0}
        call model, 1 messages
        stream {"event":"delta","text":"Hello","stream_id":"websocket:c:9:0"}
        append {"event":"stream_end","stream_id":"websocket:c:9:0"}
        append {"event":"turn_end","latency_ms":1200,"goal_state":{"active":false},"usage":{"prompt_tokens":5,"completion_tokens":2,"request_count":1,"context_tokens":5,"total_tokens":7,"provider_tokens":0,"estimated_tokens":7,"generation_ms":0,"measured_completion_tokens":2,"timed_requests":1},"context_window_tokens":8192}
        finish Done "Hello"
        append {"event":"goal_status","status":"idle"}
    "#]],
    );
}

#[test]
fn a_failure_keeps_what_arrived() {
    let failure = Failure { words: "The model server closed the connection.".to_owned(), retry: true };
    let inputs =
        vec![Input::Began(packet()), Input::Retrying("Busy.".to_owned()), Input::Answer("Hel".to_owned()), Input::StepFailed(failure)];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        append {"event":"turn_model_updated","model_name":"p/m","model_preset":"fast","context_window_tokens":8192}
        append {"event":"goal_status","status":"running","started_at":2.0,"turn_id":"t"}
        call model, 1 messages
        append {"event":"message","text":"Busy.","kind":"progress","turn_id":"t","turn_phase":"activity","turn_seq":2,"created_at_ms":2100}
        stream {"event":"delta","text":"Hel","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":3}
        drop model
        append {"event":"stream_end","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":4}
        append {"event":"message","text":"Error: The model server closed the connection.","latency_ms":1300,"notice":{"kind":"error","retry":true},"turn_id":"t","turn_phase":"answer","turn_seq":5,"created_at_ms":2300}
        append {"event":"turn_end","turn_id":"t","latency_ms":1300,"goal_state":{"active":false},"context_window_tokens":8192,"turn_phase":"complete","turn_seq":6}
        finish Failed("The model server closed the connection.") "Hel"
        append {"event":"goal_status","status":"idle","turn_id":"t"}
    "#]],
    );
}

#[test]
fn a_stop_while_thinking_closes_the_thought_and_has_no_turn_end() {
    let inputs = vec![Input::Began(packet()), Input::Reasoning("Hm".to_owned()), Input::Stopped, Input::Stopped];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        append {"event":"turn_model_updated","model_name":"p/m","model_preset":"fast","context_window_tokens":8192}
        append {"event":"goal_status","status":"running","started_at":2.0,"turn_id":"t"}
        call model, 1 messages
        stream {"event":"reasoning_delta","text":"Hm","turn_id":"t","turn_phase":"reasoning","turn_seq":2}
        drop model
        append {"event":"reasoning_end","turn_id":"t","turn_phase":"reasoning","turn_seq":3}
        append {"event":"stream_end","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":4}
        finish Stopped ""
        append {"event":"goal_status","status":"idle","turn_id":"t"}
        append {"event":"message","text":"Stopped 1 task(s).","latency_ms":1200,"notice":{"kind":"stopped","retry":true},"turn_id":"t","turn_phase":"answer","turn_seq":5,"created_at_ms":2200}
    "#]],
    );
}

#[test]
fn an_answer_cut_by_its_length_limit_says_so() {
    let inputs = vec![Input::Began(packet()), Input::Answer("Hel".to_owned()), Input::StepEnded(cost(), Cut::Length)];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        append {"event":"turn_model_updated","model_name":"p/m","model_preset":"fast","context_window_tokens":8192}
        append {"event":"goal_status","status":"running","started_at":2.0,"turn_id":"t"}
        call model, 1 messages
        stream {"event":"delta","text":"Hel","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":2}
        append {"event":"stream_end","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":3}
        append {"event":"message","text":"The answer reached the model's length limit and ends here.","latency_ms":1200,"notice":{"kind":"error","retry":false},"turn_id":"t","turn_phase":"answer","turn_seq":4,"created_at_ms":2200}
        append {"event":"turn_end","turn_id":"t","latency_ms":1200,"goal_state":{"active":false},"usage":{"prompt_tokens":10,"completion_tokens":2,"request_count":1,"context_tokens":10,"total_tokens":12,"provider_tokens":12,"generation_ms":30,"measured_completion_tokens":2,"ttft_ms":7,"timed_requests":1},"context_window_tokens":8192,"turn_phase":"complete","turn_seq":5}
        finish Done "Hel"
        append {"event":"goal_status","status":"idle","turn_id":"t"}
    "#]],
    );
}
