//! The tag language: bodies are taken as they are, foreign calls are understood, and what had to be mended is told.

use serde_json::json;

use crate::Scene;

/// Bodies that once ended too early, and took what followed with them.
const BODIES: &[(&str, &str)] = &[
    ("lookbehind", "let re = /(?<=a)b(?<!c)d(?<name>e)/;"),
    ("generics", "fn f(v: Vec<u8>, m: HashMap<String, Vec<Option<u8>>>) -> Result<(), Box<dyn Error>> {}"),
    ("a comment", "<!-- a comment -->\n<!-- one that does not end"),
    ("character data", "<![CDATA[ x < y && y > z ]]>"),
    ("a doctype", "<!DOCTYPE html>\n<html><body><p>One<br>two</body></html>"),
    ("includes", "#include <stdio.h>\n#include <vector>\nint main() { return a<b && c>d; }"),
    ("entities", "&lt;b&gt; &amp;amp; &#39; &nbsp;"),
    ("script and style", "<script>if (a < b) { x = \"</div>\" }</script><style>a > b {}</style>"),
    ("quotes", "\"one' \"two\" 'three\" `four``"),
    ("other tools' tags", "<get path=\"x\"/> <think>no</think> <update status=\"500\">no</update>"),
    ("half a tag", "a <se and </ and < and <set"),
    ("shifts", "x << 3; y >> 2; cat <<EOF"),
];

#[tokio::test]
async fn row6_bodies_are_kept_and_all_that_follows_runs() {
    let mut scene = Scene::freely("tags").await;
    for (number, (what, body)) in BODIES.iter().enumerate() {
        let reply = format!(
            "Writing.\n<set path=\"b{number}.txt\">\n{body}\n</set>\n<set path=\"after{number}.txt\">\nafter\n</set>\n<sh>cat after{number}.txt</sh>\n<update status=\"102\">On.</update>"
        );
        let ran = scene.write(&reply).await;
        assert_eq!(scene.text(&format!("b{number}.txt")), format!("{body}\n"), "{what}");
        assert_eq!((ran.statuses(), ran.lines()), (vec![200; 3], Vec::<String>::new()), "{what}: {:?}", ran.results);
        assert!(ran.results[0].contains("after\n[exit code 0"), "{what}: {:?}", ran.results);
    }
}

#[tokio::test]
async fn row6_heredocs_run_as_they_are_written() {
    let mut scene = Scene::freely("tags").await;
    let script = "cat > made.txt <<'EOF'\n</sh> <set path=\"no.txt\">no</set>\n$HOME `date` \"quoted\" <!-- -->\nEOF\nwc -l < made.txt";
    let ran = scene.write(&format!("<sh>\n{script}\n</sh>\n<sh>echo second</sh><update status=\"102\">On.</update>")).await;
    assert_eq!(scene.text("made.txt"), "</sh> <set path=\"no.txt\">no</set>\n$HOME `date` \"quoted\" <!-- -->\n");
    assert_eq!((scene.text("no.txt").as_str(), ran.statuses()), ("-", vec![200, 200]), "{:?}", ran.results);
    assert!(ran.results[0].contains("2\n[exit code 0") && ran.results[0].contains("second\n[exit"), "{:?}", ran.results);
}

/// A call in another format than ours, and a word of the line that tells the model.
const FOREIGN: &[(&str, &str)] = &[
    ("```tool_code\n<get path=\"a.txt\"/>\n```", "fence"),
    ("<|tool_call>call:get{path:\"a.txt\"}<tool_call|>", "<|tool_call>"),
    ("{\"name\": \"read_file\", \"arguments\": {\"path\": \"a.txt\"}}", "JSON call"),
    ("<tool_use>\n<name>get</name>\n<input>{\"path\": \"a.txt\"}</input>\n</tool_use>", "<tool_use>"),
    ("[TOOL_CALLS] [{\"name\": \"get\", \"arguments\": {\"path\": \"a.txt\"}}]", "[TOOL_CALLS]"),
    ("<tool_call>\n{\"name\": \"get\", \"arguments\": {\"path\": \"a.txt\"}}\n</tool_call>", "<tool_call>"),
];

#[tokio::test]
async fn six_foreign_call_formats_are_carried_out_and_told_in_one_line() {
    let mut scene = Scene::tags().await;
    scene.put("a.txt", "what stands in a\n");
    for (reply, word) in FOREIGN {
        let ran = scene.write(&format!("{reply}\n<update status=\"102\">Reading.</update>")).await;
        assert_eq!(ran.statuses(), [200], "{reply}: {:?}", ran.lines());
        assert_eq!(ran.ends()[0]["name"], "read_file", "{reply}");
        assert!(ran.results[0].contains("what stands in a"), "{reply}: {:?}", ran.results);
        let lines = ran.lines();
        assert!(lines.len() == 1 && lines[0].contains(word) && !lines[0].contains('\n'), "{reply}: {lines:?}");
        assert!(ran.results[0].contains(&lines[0]), "{reply}: the model is told: {:?}", ran.results);
    }
}

#[tokio::test]
async fn a_call_of_nothing_known_is_told() {
    let mut scene = Scene::tags().await;
    let ran = scene.write("<|tool_call>call:launch{arg:\"x\"}<tool_call|>\n<update status=\"102\">On.</update>").await;
    assert!(ran.lines().iter().any(|line| line.contains("There is no tool `launch`")), "{:?}", ran.lines());
    assert!(ran.ends().is_empty());
}

#[tokio::test]
async fn a_reply_that_was_cut_does_nothing_half() {
    let mut scene = Scene::freely("tags").await;
    for (number, half) in
        ["<set path=\"half.txt\">\nonly a part", "<sh>echo x > half.txt; rm -rf", "<set path=\"half.txt\" sea"].into_iter().enumerate()
    {
        let mut call = scene.prompted("Go.").await;
        call.say(&format!("<set path=\"whole{number}.txt\">whole</set>\n{half}")).await;
        call.end_as("length").await;
        let ran = scene.finish().await;
        assert_eq!((scene.text(&format!("whole{number}.txt")).as_str(), scene.text("half.txt").as_str()), ("whole\n", "-"), "{half}");
        assert!(ran.lines().iter().any(|line| line.contains("cut off")), "{half}: {:?}", ran.lines());
    }
}

#[tokio::test]
async fn what_had_no_end_is_mended_and_told() {
    let mut scene = Scene::freely("tags").await;
    scene.put("a.txt", "a\n");
    let ran = scene.write("<get path=\"a.txt\">\n<sh>echo run</sh>\n<update status=\"102\">On.").await;
    assert!(ran.results[0].contains("run\n[exit code 0"), "{:?}", ran.results);
    assert!(!ran.lines().is_empty(), "{:?}", ran.lines());
    let last = ran.results[0].clone();
    assert!(ran.lines().iter().all(|line| last.contains(line.as_str())), "{last}");
}

#[tokio::test]
async fn a_server_without_tool_calls_is_found_out_once_and_remembered() {
    let mut scene = Scene::open_as("auto").await;
    scene.put("a.txt", "what stands in a\n");
    let call = scene.prompted("Read a.txt.").await;
    assert!(call.tools().contains(&"read_file"), "it is asked natively first");
    call.refuse("400 Bad Request", &json!({ "error": { "message": "scripted does not support tools" } }).to_string()).await;
    let call = scene.model.call().await;
    assert!(call.tools().is_empty() && call.messages()[0]["content"].as_str().unwrap().contains("<get path="), "{}", call.body);
    call.end_with("<get path=\"a.txt\"/><update status=\"102\">Reading.</update>").await;
    let call = scene.model.call().await;
    assert!(call.tools().is_empty() && call.prompt().contains("what stands in a"));
    call.end_with("It is read.\n<update status=\"200\">Read.</update>").await;
    let ran = scene.finish().await;
    let told = |lines: Vec<String>| lines.iter().filter(|line| line.contains("takes no tool calls")).count();
    assert_eq!((told(ran.lines()), ran.statuses()), (1, vec![200]), "{:?}", ran.lines());

    // From now on it is asked by tags at once, also after a restart.
    for restarted in [false, true] {
        if restarted {
            scene = scene.killed_and_restarted().await;
        }
        let call = scene.prompted("Again.").await;
        assert!(call.tools().is_empty(), "restarted: {restarted}");
        call.end_with("Yes.\n<update status=\"200\">Yes.</update>").await;
        assert_eq!(told(scene.finish().await.lines()), 0);
    }
    // Who says natively is believed, and told when it cannot be.
    scene.ask("settings.model_configuration.update", json!({ "name": "scripted", "dialect": "native" })).await;
    let call = scene.prompted("Again.").await;
    assert!(!call.tools().is_empty());
    call.refuse("400 Bad Request", &json!({ "error": { "message": "scripted does not support tools" } }).to_string()).await;
    assert!(scene.finish().await.notices()[0].starts_with("Error: "));
}

#[tokio::test]
async fn entries_are_moved_one_by_one_and_never_onto_themselves() {
    let mut scene = Scene::freely("tags").await;
    let on = "<update status=\"102\">On.</update>";
    scene.write(&format!("<set path=\"known://a\">first</set><set path=\"known://b\">second</set>{on}")).await;
    for (tag, status, words) in [
        ("<mv path=\"known://a\" to=\"known://a\"/>", 422, "one and the same"),
        ("<mv path=\"known://a\" to=\"KNOWN://a\"/>", 422, "one and the same"),
        ("<cp path=\"known://a\" to=\"known://a\"/>", 422, "one and the same"),
        ("<mv path=\"known://*\" to=\"known://c\"/>", 422, "neither has a `*`"),
        ("<cp path=\"known://a\" to=\"known://*\"/>", 422, "neither has a `*`"),
        ("<mv path=\"known://none\" to=\"known://c\"/>", 404, "There is no entry"),
        ("<get path=\"known://a\"/>", 200, "first"),
        ("<get path=\"known://b\"/>", 200, "second"),
        ("<mv path=\"known://a\" to=\"known://b\"/>", 200, "Moved known://a to known://b. It took the place of what was there."),
        ("<get path=\"known://b\"/>", 200, "first"),
        ("<get path=\"known://a\"/>", 404, "There is no entry"),
        ("<cp path=\"known://b\" to=\"known://c\"/>", 200, "Copied known://b to known://c."),
    ] {
        let ran = scene.write(&format!("{tag}{on}")).await;
        assert_eq!(ran.statuses(), [status], "{tag}: {:?}", ran.results);
        assert!(ran.ends()[0].to_string().contains(words), "{tag}: {:?}", ran.ends());
    }
}
