//! What is told of output while it comes, and what is kept of it.

use super::*;

#[tokio::test]
async fn text_comes_in_few_pieces_and_whole() {
    let (told, ended) = run(job("for i in $(seq 60); do echo $i; sleep 0.01; done; echo end >&2")).await;
    let all = (1..=60).map(|i| format!("{i}\n")).collect::<String>();
    assert_eq!((said(&told, 1), said(&told, 2)), (all.clone(), "end\n".to_owned()));
    assert_eq!(ended.channels[0], Kept { channel: 1, head: all, tail: String::new(), bytes: 171, lines: 60, left_out: 0 });
    let most = ended.duration.as_millis() / 75 + 4;
    assert!(told.len() as u128 <= most, "{} events in {:?}", told.len(), ended.duration);
}

/// What a script does to wait until the test lets it go on.
const WAITS: &str = "until [ -e go ]; do sleep 0.02; done";

#[tokio::test]
async fn text_is_told_while_its_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let processes = processes();
    let mut running = processes.start(job_in(&format!("echo one; {WAITS}; echo two"), folder.path())).await.unwrap();
    until(&mut running, "one\n").await;
    std::fs::write(folder.path().join("go"), "").unwrap();
    assert_eq!(said(&finish(&mut running).await.0, 1), "two\n");
}

#[tokio::test]
async fn pieces_are_small_and_characters_whole() {
    let (told, ended) = run(job("perl -e 'print \"\\xe2\\x82\\xac\" x 40000'")).await;
    assert_eq!(said(&told, 1), "€".repeat(40_000));
    assert_eq!(ended.channels[0].head, "€".repeat(40_000));
    let long = |told: &Told| matches!(told, Told::Output { text, .. } if text.len() > 16 << 10);
    assert!(!told.iter().any(long));
}

#[tokio::test]
async fn after_enough_was_told_only_how_much_more_came_is() {
    let caps = Caps { told: 1000, head: 100, tail: 100 };
    let folder = tempfile::tempdir().unwrap();
    let script = format!("for i in $(seq 10000 10199); do echo line $i; echo error >&2; sleep 0.005; done; {WAITS}");
    let processes = processes();
    let mut running = processes.start(Job { caps, ..job_in(&script, folder.path()) }).await.unwrap();
    let mut told = Vec::new();
    while !matches!(told.last(), Some(Told::Skipped { channel: 1, .. })) {
        told.push(tokio::time::timeout(Duration::from_secs(60), running.next()).await.expect("it is told in time").expect("it runs"));
    }
    std::fs::write(folder.path().join("go"), "").unwrap();
    let (rest, ended) = finish(&mut running).await;
    told.extend(rest);
    assert_eq!(said(&told, 1).len(), 1000);
    let skipped = |told: &Told| match told {
        Told::Skipped { channel: 1, bytes, tail } => Some((*bytes, tail.clone())),
        Told::Skipped { .. } | Told::Output { .. } | Told::Ended(_) => None,
    };
    let skipped: Vec<_> = told.iter().filter_map(skipped).collect();
    for (bytes, tail) in &skipped {
        let last = 10_000 + (1000 + *bytes) / 11 - 1;
        assert!(tail.ends_with(&format!("line {last}\n")), "{bytes} {tail}");
        assert!(tail.starts_with("line ") && tail.len() <= 2 << 10, "{tail}");
    }
    let kept = &ended.channels[0];
    assert_eq!((kept.bytes, kept.lines, kept.left_out), (2200, 200, 2200 - 99 - 99));
    let lines = |from: u32| (from..from + 9).map(|i| format!("line {i}\n")).collect::<String>();
    assert_eq!(kept.text(), format!("{}… 2,002 bytes left out …\n{}", lines(10_000), lines(10_191)));
}

#[tokio::test]
async fn a_huge_line_is_cut_in_itself() {
    let (told, ended) = run(job("head -c 3000000 /dev/zero | tr '\\0' x")).await;
    let kept = &ended.channels[0];
    assert_eq!((kept.bytes, kept.lines, kept.head.len(), kept.tail.len()), (3_000_000, 1, 64 << 10, 64 << 10));
    assert_eq!(kept.left_out, 3_000_000 - (128 << 10));
    assert_eq!(said(&told, 1).len(), 128 << 10);
}

/// Looks that find the same, one after the other, when nothing more comes.
const STILL: u32 = 60;

#[tokio::test]
async fn nobody_asks_so_it_waits() {
    let processes = processes();
    let mut running = processes.start(job("yes")).await.unwrap();
    let id = running.id();
    let came = || processes.tail(id, 1, 1).map_or(0, |tail| tail.bytes);
    // Nothing tells that nothing more comes: it is so when look after look finds the same.
    let (mut last, mut same) = (0, 0);
    let still = soon(Duration::from_secs(10), || {
        let now = came();
        same = if now == last && now > 0 { same + 1 } else { 0 };
        last = now;
        same == STILL
    });
    assert!(still.await, "it waits");
    assert_eq!(processes.courses.len(), 1);
    let more = async {
        while came() == last {
            assert!(running.next().await.is_some());
        }
    };
    tokio::time::timeout(AT_ONCE, more).await.expect("it goes on");
}

#[tokio::test]
async fn nobody_asks_and_it_is_stopped_all_the_same() {
    let (one, other) = (processes(), processes());
    let mut stopped = one.start(job("yes")).await.unwrap();
    let mut limited = other.start(Job { limit: Duration::from_millis(200), ..job("yes") }).await.unwrap();
    let end = |of: &Processes, id| of.tail(id, 1, 1).and_then(|tail| tail.ended);
    emptied(&other.register).await;
    assert_eq!((end(&one, stopped.id()), end(&other, limited.id())), (None, Some(How::TimedOut)));
    stopped.stop();
    emptied(&one.register).await;
    assert_eq!(end(&one, stopped.id()), Some(How::Stopped));
    assert_eq!(finish(&mut stopped).await.1.how, How::Stopped);
    assert_eq!(finish(&mut limited).await.1.how, How::TimedOut);
}

#[tokio::test]
async fn an_endless_one_is_stopped_in_time() {
    for script in ["yes", "yes >&2", "trap '' TERM; while :; do yes; done", "yes & yes >&2 & trap '' TERM; wait; wait; wait"] {
        let processes = processes();
        let mut running = processes.start(job(script)).await.unwrap();
        for _ in 0..12 {
            assert!(matches!(running.next().await, Some(Told::Output { .. } | Told::Skipped { .. })));
        }
        let start = Instant::now();
        running.stop();
        assert_eq!(finish(&mut running).await.1.how, How::Stopped);
        assert!(start.elapsed() < AT_ONCE, "{script}: {:?}", start.elapsed());
    }
}

/// Bytes that may be read from one channel between two turns of anybody else: a few times what a pipe holds.
const AT_ONE_TURN: u64 = 256 << 10;

#[tokio::test]
async fn one_that_never_pauses_lets_all_others_have_their_turn() {
    let processes = processes();
    let mut running = processes.start(job("yes")).await.unwrap();
    let id = running.id();
    let (mut before, mut most) = (0, 0);
    let looks = async {
        while before < 50_000_000 {
            let now = processes.tail(id, 1, 1).map_or(0, |tail| tail.bytes);
            most = most.max(now - before);
            before = now;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = looks => {}
        (_, ended) = finish(&mut running) => panic!("it ended: {ended:?}"),
    }
    assert!(most <= AT_ONE_TURN, "{most} bytes were read in one turn");
}

#[tokio::test]
async fn the_newest_lines_can_be_asked_for() {
    let processes = processes();
    let mut running = processes.start(job("seq 100000; printf half; echo error >&2; sleep 60")).await.unwrap();
    let id = running.id();
    let tail = |channel, lines| processes.tail(id, channel, lines).map(|tail| (tail.text, tail.ended));
    let (mut half, mut error) = (false, false);
    let printed = async {
        while !(half && error) {
            match running.next().await.expect("it runs") {
                // More was printed than is told, so the end of it is told among the newest lines.
                Told::Skipped { tail, .. } => half |= tail.ends_with("half"),
                Told::Output { channel, .. } => error |= channel == 2,
                Told::Ended(ended) => panic!("it ended: {ended:?}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), printed).await.expect("it is printed in time");
    assert_eq!(tail(1, 3), Some(("99999\n100000\nhalf".to_owned(), None)));
    assert_eq!(tail(1, 0), Some((String::new(), None)));
    assert_eq!(tail(2, 5), Some(("error\n".to_owned(), None)));
    assert_eq!((tail(0, 1), tail(3, 1)), (None, None));
    running.stop();
    finish(&mut running).await;
    assert_eq!(tail(1, 2), Some(("100000\nhalf".to_owned(), Some(How::Stopped))));
    assert_eq!(tail(2, 1), Some(("error\n".to_owned(), Some(How::Stopped))));
    for _ in 0..16 {
        finish(&mut processes.start(job("true")).await.unwrap()).await;
    }
    assert_eq!(tail(1, 2), None);
}
