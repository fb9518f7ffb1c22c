//! Whole turns as data: what happens on the left, what is done about it on the right.

use alcove_agent::packet::{Message, Packet, Role};
use alcove_agent::turn::{Cut, Effect, Facts, Failure, Input, NativeCall, Settled, StepCost, Telling, Turn};
use alcove_agent::verdict::{Dialect, Limits};
use alcove_proto::envelope::Event;
use alcove_proto::{ChatId, TurnId};
use expect_test::{Expect, expect};

fn packet() -> Packet {
    Packet {
        messages: vec![Message { role: Role::User, content: "Hi".to_owned(), images: Vec::new(), calls: Vec::new(), call: None }],
        tokens: 5,
        left_out: 0,
    }
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
        dialect: Dialect::Native,
        limits: Limits::default(),
        telling: Telling::ALL,
    }
}

fn check(turn: Option<&str>, inputs: Vec<Input>, expected: &Expect) {
    check_in(Dialect::Native, turn, inputs, expected);
}

/// Tells what is done after the turn has begun: how turns begin is a test of its own.
fn check_in(dialect: Dialect, turn: Option<&str>, inputs: Vec<Input>, expected: &Expect) {
    let mut machine = Turn::new(Facts { dialect, ..facts(turn) });
    machine.take(Input::Began(packet()), 2000);
    let effects = inputs.into_iter().zip(1..).flat_map(|(input, number)| machine.take(input, 2000 + 100 * number));
    expected.assert_eq(&told(effects.collect()));
}

fn told(effects: Vec<Effect>) -> String {
    let mut text = String::new();
    for effect in effects {
        let line = match effect {
            Effect::CallModel(packet) => format!("call model, {} messages", packet.messages.len()),
            Effect::DropModel => "drop model".to_owned(),
            Effect::StreamReasoning(delta) => format!("stream {}", Event::ReasoningDelta(delta).to_json()),
            Effect::StreamAnswer(delta) => format!("stream {}", Event::Delta(delta).to_json()),
            Effect::Append(event) => format!("append {}", event.to_json()),
            Effect::Keep(step) => {
                let calls: Vec<String> = step.calls.iter().map(|call| format!("{} {}/{}", call.id, call.action, call.target)).collect();
                format!("keep step {} {:?} raw {:?} calls {calls:?}", step.step, step.text, step.raw)
            }
            Effect::Note(lines) => format!("note {:?}", lines.iter().map(|line| (line.status, line.text.as_str())).collect::<Vec<_>>()),
            Effect::Act(calls) => format!("act {:?}", calls.iter().map(|call| (call.id.as_str(), &call.ask)).collect::<Vec<_>>()),
            Effect::DropActs => "drop acts".to_owned(),
            Effect::NextStep => "next step".to_owned(),
            Effect::Finish(finish) => format!("finish {:?} {:?}", finish.outcome, finish.answer),
        };
        text.push_str(&line.replace(r#","chat_id":"c""#, ""));
        text.push('\n');
    }
    text
}

fn cost() -> StepCost {
    StepCost { prompt: Some(10), completion: Some(2), cached: None, ttft_ms: Some(7), generation_ms: 30 }
}

#[test]
fn a_turn_begins() {
    for (turn, expected) in [
        (
            Some("t"),
            expect![[r#"
        append {"event":"turn_model_updated","model_name":"p/m","model_preset":"fast","context_window_tokens":8192}
        append {"event":"goal_status","status":"running","started_at":2.0,"turn_id":"t"}
        call model, 1 messages
    "#]],
        ),
        (
            None,
            expect![[r#"
        append {"event":"turn_model_updated","model_name":"p/m","model_preset":"fast","context_window_tokens":8192}
        append {"event":"goal_status","status":"running","started_at":2.0}
        call model, 1 messages
    "#]],
        ),
    ] {
        expected.assert_eq(&told(Turn::new(facts(turn)).take(Input::Began(packet()), 2000)));
    }
}

#[test]
fn an_answer_with_reasoning() {
    let inputs = vec![
        Input::Reasoning("Hm".to_owned()),
        Input::Answer("\n\n".to_owned()),
        Input::Answer("He".to_owned()),
        Input::Answer("llo".to_owned()),
        Input::StepEnded(cost(), Cut::No, Vec::new()),
        Input::Answer("too late".to_owned()),
    ];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
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
    let inputs = vec![Input::Answer("Hello".to_owned()), Input::StepEnded(StepCost::default(), Cut::No, Vec::new())];
    check(
        None,
        inputs,
        &expect![[r#"
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
    let inputs = vec![Input::Retrying("Busy.".to_owned()), Input::Answer("Hel".to_owned()), Input::StepFailed(failure)];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
            append {"event":"message","text":"Busy.","kind":"progress","turn_id":"t","turn_phase":"activity","turn_seq":2,"created_at_ms":2100}
            stream {"event":"delta","text":"Hel","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":3}
            drop model
            drop acts
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
    let inputs = vec![Input::Reasoning("Hm".to_owned()), Input::Stopped, Input::Stopped];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
            stream {"event":"reasoning_delta","text":"Hm","turn_id":"t","turn_phase":"reasoning","turn_seq":2}
            drop model
            drop acts
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
    let inputs = vec![Input::Answer("Hel".to_owned()), Input::StepEnded(cost(), Cut::Length, Vec::new())];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        stream {"event":"delta","text":"Hel","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":2}
        append {"event":"stream_end","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":3}
        append {"event":"message","text":"The answer reached the model's length limit and ends here.","latency_ms":1200,"notice":{"kind":"error","retry":false},"turn_id":"t","turn_phase":"answer","turn_seq":4,"created_at_ms":2200}
        append {"event":"turn_end","turn_id":"t","latency_ms":1200,"goal_state":{"active":false},"usage":{"prompt_tokens":10,"completion_tokens":2,"request_count":1,"context_tokens":10,"total_tokens":12,"provider_tokens":12,"generation_ms":30,"measured_completion_tokens":2,"ttft_ms":7,"timed_requests":1},"context_window_tokens":8192,"turn_phase":"complete","turn_seq":5}
        finish Done "Hel"
        append {"event":"goal_status","status":"idle","turn_id":"t"}
    "#]],
    );
}

fn call(id: &str, name: &str, arguments: &str) -> NativeCall {
    NativeCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() }
}

fn settled(call: &str, status: u16, body: &str) -> Input {
    Input::Settled(Settled {
        call: call.to_owned(),
        status,
        body: body.to_owned(),
        result: body.to_owned(),
        well: status < 400,
        strike: false,
        edits: Vec::new(),
        record: format!("log://turn_1/x/{call}"),
        why: Some("the preset “Ask” allows reading".to_owned()),
        exit_code: None,
        duration_ms: Some(3),
        background: false,
        said: None,
    })
}

#[test]
fn native_calls_are_carried_out_and_the_model_is_asked_again() {
    let inputs = vec![
        Input::Answer("Looking.".to_owned()),
        Input::StepEnded(
            cost(),
            Cut::No,
            vec![
                call("a", "read_file", r#"{"path":"a.txt"}"#),
                call("a", "read_file", r#"{"path":"a.txt"}"#),
                call("", "exec", "{\"command\":"),
                call("d", "fly", "{}"),
            ],
        ),
        settled("call_0_1", 200, "two"),
        settled("a", 404, "There is no such file."),
        settled("a", 200, "twice"),
        Input::Next(packet()),
        Input::Answer("Done.".to_owned()),
        Input::StepEnded(cost(), Cut::No, Vec::new()),
    ];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        stream {"event":"delta","text":"Looking.","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":2}
        append {"event":"stream_end","stream_id":"websocket:c:9:0","resuming":true,"turn_id":"t","turn_phase":"answer","turn_seq":3}
        keep step 0 "Looking." raw None calls ["a get/a.txt", "call_0_1 get/a.txt", "call_0_2 error/exec", "d error/fly"]
        append {"event":"message","text":"read a.txt × 2","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"a","name":"read_file","arguments":{"path":"a.txt"},"result":null,"error":null,"files":[],"embeds":[]},{"version":1,"phase":"start","call_id":"call_0_1","name":"read_file","arguments":{"path":"a.txt"},"result":null,"error":null,"files":[],"embeds":[]},{"version":1,"phase":"start","call_id":"call_0_2","name":"exec","arguments":{},"result":null,"error":null,"files":[],"embeds":[]},{"version":1,"phase":"start","call_id":"d","name":"fly","arguments":{},"result":null,"error":null,"files":[],"embeds":[]}],"turn_id":"t","turn_phase":"activity","turn_seq":4,"created_at_ms":2200}
        act [("a", Read(Read { paths: ["a.txt"], line: None, limit: None, preview: false, filter: None })), ("call_0_1", Read(Read { paths: ["a.txt"], line: None, limit: None, preview: false, filter: None }))]
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"error","call_id":"call_0_2","name":"exec","arguments":{},"result":null,"error":"The arguments are no JSON, so nothing was done: EOF while parsing a value at line 1 column 11.","files":[],"embeds":[],"status":422}],"turn_id":"t","turn_phase":"activity","turn_seq":5,"created_at_ms":2200}
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"error","call_id":"d","name":"fly","arguments":{},"result":null,"error":"There is no tool fly. The tools are: read_file, list_dir, glob, grep, write_file, edit_file, apply_patch, remove_file, move_file, copy_file, exec, inspect, web_fetch, web_search, ask_user, message.","files":[],"embeds":[],"status":422}],"turn_id":"t","turn_phase":"activity","turn_seq":6,"created_at_ms":2200}
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"end","call_id":"call_0_1","name":"read_file","arguments":{"path":"a.txt"},"result":"two","error":null,"files":[],"embeds":[],"path":"log://turn_1/x/call_0_1","status":200,"why":"the preset “Ask” allows reading","duration_ms":3}],"turn_id":"t","turn_phase":"activity","turn_seq":7,"created_at_ms":2300}
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"error","call_id":"a","name":"read_file","arguments":{"path":"a.txt"},"result":null,"error":"There is no such file.","files":[],"embeds":[],"path":"log://turn_1/x/a","status":404,"why":"the preset “Ask” allows reading","duration_ms":3}],"turn_id":"t","turn_phase":"activity","turn_seq":8,"created_at_ms":2400}
        next step
        call model, 1 messages
        stream {"event":"delta","text":"Done.","stream_id":"websocket:c:9:1","turn_id":"t","turn_phase":"answer","turn_seq":9}
        append {"event":"stream_end","stream_id":"websocket:c:9:1","turn_id":"t","turn_phase":"answer","turn_seq":10}
        append {"event":"turn_end","turn_id":"t","latency_ms":1800,"goal_state":{"active":false},"usage":{"prompt_tokens":20,"completion_tokens":4,"request_count":2,"context_tokens":10,"total_tokens":24,"provider_tokens":24,"generation_ms":60,"measured_completion_tokens":4,"ttft_ms":7,"timed_requests":2},"context_window_tokens":8192,"turn_phase":"complete","turn_seq":11}
        finish Done "Done."
        append {"event":"goal_status","status":"idle","turn_id":"t"}
    "#]],
    );
}

#[test]
fn calls_have_ids_of_their_own_also_where_the_model_names_one_like_ours() {
    let read = |id: &str| call(id, "read_file", r#"{"path":"a.txt"}"#);
    let inputs = vec![
        Input::StepEnded(cost(), Cut::No, vec![read("call_0_1"), read(""), read("call_1_0")]),
        settled("call_0_1", 200, "one"),
        settled("call_0_2", 200, "two"),
        settled("call_1_0", 200, "three"),
        Input::Next(packet()),
        Input::StepEnded(cost(), Cut::No, vec![read("")]),
        settled("call_1_1", 200, "four"),
    ];
    let mut machine = Turn::new(facts(Some("t")));
    machine.take(Input::Began(packet()), 2000);
    let effects: Vec<Effect> = inputs.into_iter().flat_map(|input| machine.take(input, 2100)).collect();
    let told = told(effects);
    let lines: Vec<&str> = told.lines().filter(|line| line.starts_with("keep") || *line == "next step").collect();
    expect![[r#"
        keep step 0 "" raw None calls ["call_0_1 get/a.txt", "call_0_2 get/a.txt", "call_1_0 get/a.txt"]
        next step
        keep step 1 "" raw None calls ["call_1_1 get/a.txt"]
        next step
    "#]]
    .assert_eq(&format!("{}\n", lines.join("\n")));
}

#[test]
fn tags_are_carried_out_and_closed_by_an_update() {
    let inputs = vec![
        Input::Answer("I look. <get path=\"a".to_owned()),
        Input::Answer(".txt\"/>\n<update status=\"102\">looking</update>".to_owned()),
        Input::StepEnded(cost(), Cut::No, Vec::new()),
        settled("call_0_0", 200, "one"),
        Input::Next(packet()),
        Input::Answer("<think>Hm</think><sh>echo hi\necho ho</sh><update status=\"200\">It says hi.</update>".to_owned()),
        Input::StepEnded(cost(), Cut::No, Vec::new()),
        settled("call_1_0", 200, "hi"),
    ];
    check_in(
        Dialect::Tags,
        Some("t"),
        inputs,
        &expect![[r#"
        stream {"event":"delta","text":"I look. ","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":2}
        stream {"event":"delta","text":"\n","stream_id":"websocket:c:9:0","turn_id":"t","turn_phase":"answer","turn_seq":3}
        append {"event":"stream_end","stream_id":"websocket:c:9:0","resuming":true,"turn_id":"t","turn_phase":"answer","turn_seq":4}
        keep step 0 "I look. \n" raw Some("I look. <get path=\"a.txt\"/>\n<update status=\"102\">looking</update>") calls ["call_0_0 get/a.txt"]
        append {"event":"message","text":"read a.txt","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"call_0_0","name":"read_file","arguments":{"path":"a.txt"},"result":null,"error":null,"files":[],"embeds":[]}],"turn_id":"t","turn_phase":"activity","turn_seq":5,"created_at_ms":2300}
        act [("call_0_0", Read(Read { paths: ["a.txt"], line: None, limit: None, preview: false, filter: None }))]
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"end","call_id":"call_0_0","name":"read_file","arguments":{"path":"a.txt"},"result":"one","error":null,"files":[],"embeds":[],"path":"log://turn_1/x/call_0_0","status":200,"why":"the preset “Ask” allows reading","duration_ms":3}],"turn_id":"t","turn_phase":"activity","turn_seq":6,"created_at_ms":2400}
        next step
        call model, 1 messages
        stream {"event":"reasoning_delta","text":"Hm","turn_id":"t","turn_phase":"reasoning","turn_seq":7}
        append {"event":"reasoning_end","turn_id":"t","turn_phase":"reasoning","turn_seq":8}
        append {"event":"stream_end","stream_id":"websocket:c:9:1","resuming":true,"turn_id":"t","turn_phase":"answer","turn_seq":9}
        keep step 1 "" raw Some("<think>Hm</think><sh>echo hi\necho ho</sh><update status=\"200\">It says hi.</update>") calls ["call_1_0 sh/echo hi\necho ho"]
        append {"event":"message","text":"$ echo hi echo ho","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"call_1_0","name":"exec","arguments":{"command":"echo hi\necho ho"},"result":null,"error":null,"files":[],"embeds":[]}],"turn_id":"t","turn_phase":"activity","turn_seq":10,"created_at_ms":2700}
        act [("call_1_0", Run(Run { script: "echo hi\necho ho", cwd: None, background: false, limit_s: None, network: false, looks: false }))]
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"end","call_id":"call_1_0","name":"exec","arguments":{"command":"echo hi\necho ho"},"result":"hi","error":null,"files":[],"embeds":[],"path":"log://turn_1/x/call_1_0","status":200,"why":"the preset “Ask” allows reading","duration_ms":3}],"turn_id":"t","turn_phase":"activity","turn_seq":11,"created_at_ms":2800}
        stream {"event":"delta","text":"It says hi.","stream_id":"websocket:c:9:2","turn_id":"t","turn_phase":"answer","turn_seq":12}
        append {"event":"stream_end","stream_id":"websocket:c:9:2","turn_id":"t","turn_phase":"answer","turn_seq":13}
        append {"event":"turn_end","turn_id":"t","latency_ms":1800,"goal_state":{"active":false},"usage":{"prompt_tokens":20,"completion_tokens":4,"request_count":2,"context_tokens":10,"total_tokens":24,"provider_tokens":24,"generation_ms":60,"measured_completion_tokens":4,"ttft_ms":7,"timed_requests":2},"context_window_tokens":8192,"turn_phase":"complete","turn_seq":14}
        finish Done "It says hi."
        append {"event":"goal_status","status":"idle","turn_id":"t"}
    "#]],
    );
}

#[test]
fn a_reply_that_was_cut_carries_out_nothing_half() {
    let inputs = vec![
        Input::Answer("<rm path=\"old\"/><sh>rm -rf build && ".to_owned()),
        Input::StepEnded(cost(), Cut::Length, Vec::new()),
        settled("call_0_0", 200, "removed"),
        Input::StepFailed(Failure { words: "The server hung up.".to_owned(), retry: true }),
    ];
    check_in(
        Dialect::Tags,
        None,
        inputs,
        &expect![[r#"
        append {"event":"stream_end","stream_id":"websocket:c:9:0","resuming":true}
        keep step 0 "" raw Some("<rm path=\"old\"/><sh>rm -rf build && ") calls ["call_0_0 rm/old"]
        append {"event":"message","text":"remove old","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"call_0_0","name":"remove_file","arguments":{"path":"old"},"result":null,"error":null,"files":[],"embeds":[]}],"created_at_ms":2200}
        act [("call_0_0", Remove { path: "old", preview: false })]
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"end","call_id":"call_0_0","name":"remove_file","arguments":{"path":"old"},"result":"removed","error":null,"files":[],"embeds":[],"path":"log://turn_1/x/call_0_0","status":200,"why":"the preset “Ask” allows reading","duration_ms":3}],"created_at_ms":2300}
        append {"event":"message","text":"<sh> was not closed; close it with </sh>.","kind":"progress","created_at_ms":2300}
        append {"event":"message","text":"The reply was cut off inside <sh>, which was not carried out.","kind":"progress","created_at_ms":2300}
        append {"event":"message","text":"No update: close each step with <update status=\"102\">…</update>, or 200 when done.","kind":"progress","created_at_ms":2300}
        note [(422, "<sh> was not closed; close it with </sh>."), (422, "The reply was cut off inside <sh>, which was not carried out."), (422, "No update: close each step with <update status=\"102\">…</update>, or 200 when done.")]
        next step
        drop model
        drop acts
        append {"event":"message","text":"Error: The server hung up.","latency_ms":1400,"notice":{"kind":"error","retry":true},"created_at_ms":2400}
        append {"event":"turn_end","latency_ms":1400,"goal_state":{"active":false},"usage":{"prompt_tokens":10,"completion_tokens":2,"request_count":1,"context_tokens":10,"total_tokens":12,"provider_tokens":12,"generation_ms":30,"measured_completion_tokens":2,"ttft_ms":7,"timed_requests":1},"context_window_tokens":8192}
        finish Failed("The server hung up.") ""
        append {"event":"goal_status","status":"idle"}
    "#]],
    );
}

#[test]
fn a_stop_ends_what_is_carried_out() {
    let inputs = vec![
        Input::StepEnded(cost(), Cut::No, vec![call("a", "exec", r#"{"command":"sleep 9"}"#)]),
        Input::Stopped,
        settled("a", 200, "too late"),
    ];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        append {"event":"stream_end","stream_id":"websocket:c:9:0","resuming":true,"turn_id":"t","turn_phase":"answer","turn_seq":2}
        keep step 0 "" raw None calls ["a sh/sleep 9"]
        append {"event":"message","text":"$ sleep 9","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"a","name":"exec","arguments":{"command":"sleep 9"},"result":null,"error":null,"files":[],"embeds":[]}],"turn_id":"t","turn_phase":"activity","turn_seq":3,"created_at_ms":2100}
        act [("a", Run(Run { script: "sleep 9", cwd: None, background: false, limit_s: None, network: false, looks: false }))]
        drop model
        drop acts
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"error","call_id":"a","name":"exec","arguments":{"command":"sleep 9"},"result":null,"error":"Stopped before its end.","files":[],"embeds":[],"status":499}],"turn_id":"t","turn_phase":"activity","turn_seq":4,"created_at_ms":2200}
        finish Stopped ""
        append {"event":"goal_status","status":"idle","turn_id":"t"}
        append {"event":"message","text":"Stopped 1 task(s).","latency_ms":1200,"notice":{"kind":"stopped","retry":true},"turn_id":"t","turn_phase":"answer","turn_seq":5,"created_at_ms":2200}
    "#]],
    );
}

#[test]
fn three_steps_with_errors_close_the_turn() {
    let broken = || Input::StepEnded(cost(), Cut::No, vec![call("x", "exec", "[]")]);
    let inputs = vec![broken(), Input::Next(packet()), broken(), Input::Next(packet()), broken()];
    check(
        Some("t"),
        inputs,
        &expect![[r#"
        append {"event":"stream_end","stream_id":"websocket:c:9:0","resuming":true,"turn_id":"t","turn_phase":"answer","turn_seq":2}
        keep step 0 "" raw None calls ["x error/exec"]
        append {"event":"message","text":"","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"x","name":"exec","arguments":{},"result":null,"error":null,"files":[],"embeds":[]}],"turn_id":"t","turn_phase":"activity","turn_seq":3,"created_at_ms":2100}
        act []
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"error","call_id":"x","name":"exec","arguments":{},"result":null,"error":"The arguments must be one JSON object.","files":[],"embeds":[],"status":422}],"turn_id":"t","turn_phase":"activity","turn_seq":4,"created_at_ms":2100}
        next step
        call model, 1 messages
        append {"event":"stream_end","stream_id":"websocket:c:9:1","resuming":true,"turn_id":"t","turn_phase":"answer","turn_seq":5}
        keep step 1 "" raw None calls ["call_1_0 error/exec"]
        append {"event":"message","text":"","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"call_1_0","name":"exec","arguments":{},"result":null,"error":null,"files":[],"embeds":[]}],"turn_id":"t","turn_phase":"activity","turn_seq":6,"created_at_ms":2300}
        act []
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"error","call_id":"call_1_0","name":"exec","arguments":{},"result":null,"error":"The arguments must be one JSON object.","files":[],"embeds":[],"status":422}],"turn_id":"t","turn_phase":"activity","turn_seq":7,"created_at_ms":2300}
        next step
        call model, 1 messages
        append {"event":"stream_end","stream_id":"websocket:c:9:2","resuming":true,"turn_id":"t","turn_phase":"answer","turn_seq":8}
        keep step 2 "" raw None calls ["call_2_0 error/exec"]
        append {"event":"message","text":"","kind":"tool_hint","tool_events":[{"version":1,"phase":"start","call_id":"call_2_0","name":"exec","arguments":{},"result":null,"error":null,"files":[],"embeds":[]}],"turn_id":"t","turn_phase":"activity","turn_seq":9,"created_at_ms":2500}
        act []
        append {"event":"message","text":"","kind":"progress","tool_events":[{"version":1,"phase":"error","call_id":"call_2_0","name":"exec","arguments":{},"result":null,"error":"The arguments must be one JSON object.","files":[],"embeds":[],"status":422}],"turn_id":"t","turn_phase":"activity","turn_seq":10,"created_at_ms":2500}
        note [(429, "Nothing new: the same step, 3 times over."), (499, "Stopped: 3 steps in a row had errors.")]
        append {"event":"message","text":"Nothing new: the same step, 3 times over. Stopped: 3 steps in a row had errors.","latency_ms":1500,"notice":{"kind":"error","retry":true},"turn_id":"t","turn_phase":"answer","turn_seq":11,"created_at_ms":2500}
        append {"event":"turn_end","turn_id":"t","latency_ms":1500,"goal_state":{"active":false},"usage":{"prompt_tokens":30,"completion_tokens":6,"request_count":3,"context_tokens":10,"total_tokens":36,"provider_tokens":36,"generation_ms":90,"measured_completion_tokens":6,"ttft_ms":7,"timed_requests":3},"context_window_tokens":8192,"turn_phase":"complete","turn_seq":12}
        finish Failed("Nothing new: the same step, 3 times over. Stopped: 3 steps in a row had errors.") ""
        append {"event":"goal_status","status":"idle","turn_id":"t"}
    "#]],
    );
}
