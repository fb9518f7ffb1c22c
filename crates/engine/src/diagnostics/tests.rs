//! Diagnostics of a data folder full of secrets: none of them is in any file.

use alcove_store::{Change, ChatRow, Origin, TitleSource};

use super::*;
use crate::report::tests::PLANTED;

/// What a person wrote and nobody else may read, wherever it is kept.
const WRITTEN: [&str; 5] = ["Project Nightjar", "plan of the heist", "Nightjar-answer", "nightjar folder", "heist.md"];

fn chat(project: &str) -> Change {
    let scope = json!({ "project_path": project, "access_mode": "restricted" }).to_string();
    Change::CreateChat(ChatRow {
        title: "Project Nightjar".to_owned(),
        title_by_person: TitleSource::Person,
        preview: "plan of the heist".to_owned(),
        scope,
        ..ChatRow::new("c", Origin::WebUi, 1)
    })
}

fn settings() -> Value {
    json!({
        "agent": { "model": "qwen/qwen3-32b:free", "max_tokens": 4096, "timezone": "Europe/Berlin", "bot_name": "plan of the heist" },
        "model_presets": [{ "name": "default", "label": "Project Nightjar", "temperature": 0.5 }],
        "providers": [{
            "name": "openai", "api_key_hint": "abcd••••wxyz", "has_api_key": true,
            "api_base": "https://someone:pass-word-5@example.org/v1?key=query-key-value-6",
            "extra_headers": { "x-more": "Nightjar-answer" },
            "extra_body": { "more": ["Nightjar-answer"] },
        }],
        "runtime": { "workspace_path": "/places/someone/nightjar folder", "data_path": "/places/someone/data" },
        "advanced": { "readable_paths": ["/places/someone/nightjar folder/heist.md"], "tokenIssueSecret": "issue-secret-value-2" },
        "note": "Nightjar-answer is what it said",
    })
}

#[test]
fn nothing_secret_and_nothing_written_is_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.write_wait(vec![chat("/places/someone/nightjar folder")]).unwrap();
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    let mut log: String = PLANTED.iter().map(|(line, _)| format!("2026-01-01T00:00:00.000Z problem {line}\n")).collect();
    log.push_str("2026-01-01T00:00:00.000Z problem could not open /places/someone/nightjar folder/heist.md: Permission denied\n");
    log.push_str("2026-01-01T00:00:00.000Z problem could not open ~/nightjar folder/heist.md: Permission denied\n");
    log.push_str("2026-01-01T00:00:00.000Z problem the key of “Project Nightjar” was saved for https://example.org\n");
    std::fs::write(folder.path().join("logs/alcove.log"), log).unwrap();
    let diagnostics = gather(&store, folder.path(), &json!({ "version": "0.1.0" }), &[("settings.json", settings())]).unwrap();

    let names: Vec<&str> = diagnostics.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["about.json", "store.json", "settings.json", "log.txt"]);
    for file in &diagnostics.files {
        let hits = PLANTED.iter().map(|(_, secret)| *secret).chain(WRITTEN).filter(|secret| file.content.contains(secret));
        assert_eq!(hits.collect::<Vec<_>>(), Vec::<&str>::new(), "{}:\n{}", file.name, file.content);
        assert!(!file.content.contains("/places/"), "{}:\n{}", file.name, file.content);
    }
    let content = |name: &str| &diagnostics.files.iter().find(|file| file.name == name).unwrap().content;
    let store: Value = serde_json::from_str(content("store.json")).unwrap();
    assert_eq!(store["database"]["rows"]["chats"], 1);
    assert_eq!((&store["quick_check"], &store["logs"]["files"]), (&json!("ok"), &json!(1)));
    let settings: Value = serde_json::from_str(content("settings.json")).unwrap();
    assert_eq!(settings["agent"]["model"], "qwen/qwen3-32b:free", "what helps is still there");
    assert_eq!(settings["providers"][0]["api_base"], "https://••••@example.org");
    let denied = content("log.txt").lines().filter(|line| line.ends_with("could not open <project>: Permission denied")).count();
    assert!(content("log.txt").contains("could not open <path>: Permission denied"), "{}", content("log.txt"));
    assert_eq!(denied, 1, "{}", content("log.txt"));
}

#[test]
fn words_of_ours_stay_readable() {
    let scrub = Scrub::new(Path::new("/nonexistent/data"), vec!["/places/someone/code".to_owned()]);
    for (text, shown) in [
        ("Debian GNU/Linux 13 (trixie)", "Debian GNU/Linux 13 (trixie)"),
        ("the engine did not start: a disk is full", "the engine did not start: a disk is full"),
        ("https://example.org/v1/models answered 404", "https://example.org answered 404"),
        ("/nonexistent/data/keys.json is a symbolic link", "<data>/keys.json is a symbolic link"),
        ("/places/someone/code/secret plans/a.rs", "<project>"),
    ] {
        assert_eq!(scrub.text(text), shown);
    }
}

#[test]
fn a_machine_is_described_without_names() {
    let machine = machine::machine().to_string();
    for variable in ["HOME", "USER", "HOSTNAME"] {
        let Ok(value) = std::env::var(variable) else { continue };
        assert!(value.len() < 4 || !machine.contains(&value), "{variable}: {machine}");
    }
    assert!(machine.contains(std::env::consts::ARCH), "{machine}");
}
