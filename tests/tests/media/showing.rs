//! Answers that show files of the project: clients get signed addresses, the model its own words.

use alcove_tests::client::Frame;
use alcove_tests::http::thread;
use alcove_tests::scene::Scene;

use crate::{PNG, kept, read};

#[tokio::test]
async fn an_answer_shows_a_file_of_the_project() {
    let mut scene = Scene::open().await;
    let project = scene.home.data().join("workspace");
    std::fs::write(project.join("pic.png"), PNG).expect("the project is writable");
    std::fs::write(scene.home.path().join("outside.png"), PNG).expect("the folder is writable");
    std::os::unix::fs::symlink(scene.home.path().join("outside.png"), project.join("link.png")).expect("a link");
    let words = "Here: ![pic](pic.png \"A\") and ![no](../../outside.png) ![no](link.png) `![code](pic.png)`";
    let chat = scene.chat.clone();
    scene.client.say(&chat, "t1", "Draw.").await;
    scene.model.call().await.end_with(words).await;
    let heard = scene.client.until(Frame::is_idle).await;
    let end = heard.iter().find(|frame| frame.event() == "stream_end").expect("the end of the answer");
    let text = end.str("text");
    let address = text.split("![pic](").nth(1).and_then(|rest| rest.split(' ').next()).expect("an address").to_owned();
    assert!(address.starts_with("/api/media/"), "{text}");
    assert_eq!(text, words.replacen("pic.png", &address, 1));
    assert_eq!(read(&scene.gateway, &address, &[]).await.body, PNG);
    assert_eq!(kept(&scene.home).len(), 1);

    // The model is reminded of what it said itself.
    scene.client.say(&chat, "t2", "Again.").await;
    let call = scene.model.call().await;
    assert_eq!(call.body["messages"][2]["content"], words);
    call.end_with("The same: ![pic](./pic.png)").await;
    scene.client.until(Frame::is_idle).await;
    assert_eq!(kept(&scene.home).len(), 1, "the same file is kept once");

    scene.gateway.kill();
    scene.gateway = scene.home.unix();
    let seen = thread(&scene.gateway, &chat).await;
    assert_eq!(seen["messages"][1]["content"], text);
    assert_eq!(read(&scene.gateway, &address, &[]).await.body, PNG);
}

#[tokio::test]
async fn an_answer_without_files_stays_as_it_is() {
    let mut scene = Scene::open().await;
    let chat = scene.chat.clone();
    scene.client.say(&chat, "t1", "Draw.").await;
    scene.model.call().await.end_with("![no](https://example.org/a.png) ![no](missing.png)").await;
    let heard = scene.client.until(Frame::is_idle).await;
    let end = heard.iter().find(|frame| frame.event() == "stream_end").expect("the end of the answer");
    assert!(end.json.get("text").is_none(), "{}", end.text);
    assert_eq!(kept(&scene.home), Vec::<String>::new());
}
