//! How commands end: by themselves, by signals, by their limit, by a stop, and with those who listen.

use super::*;

async fn ends(script: &str, how: How, out: &str, error: &str) {
    let (told, ended) = run(job(script)).await;
    assert_eq!((ended.how, said(&told, 1).as_str(), said(&told, 2).as_str()), (how, out, error), "{script}");
    assert_eq!([ended.channels[0].text(), ended.channels[1].text()], [out, error], "{script}");
    assert!(ended.duration < Duration::from_secs(5), "{script}: {:?}", ended.duration);
}

#[tokio::test]
async fn by_themselves_and_by_signals() {
    let table = [
        ("exit 0", How::Exit(0), "", ""),
        ("exit 1", How::Exit(1), "", ""),
        ("exit 255", How::Exit(255), "", ""),
        ("echo out; echo error >&2; exit 3", How::Exit(3), "out\n", "error\n"),
        ("no-such-program-anywhere 2>/dev/null", How::Exit(127), "", ""),
        ("kill -TERM $$", How::Signal(15), "", ""),
        ("kill -KILL $$", How::Signal(9), "", ""),
        ("exec perl -e 'kill SEGV => $$'", How::Signal(11), "", ""),
        ("{ perl -e 'kill KILL => $$'; } 2>/dev/null; exit $?", How::Exit(137), "", ""),
        ("printf abc", How::Exit(0), "abc", ""),
        ("printf 'a\\n\\n\\nb\\n'", How::Exit(0), "a\n\n\nb\n", ""),
        ("printf 'a\\xffb\\xc3'", How::Exit(0), "a\u{fffd}b\u{fffd}", ""),
        ("printf '\\xe2\\x82'; sleep 0.05; printf '\\xac\\n' ", How::Exit(0), "€\n", ""),
        ("printf '\\xf0\\x9f'; sleep 0.05; printf 'x'", How::Exit(0), "\u{fffd}x", ""),
        ("printf 'a\\0b\\r\\n\\x1b[31m'", How::Exit(0), "a\0b\r\n\u{1b}[31m", ""),
        ("(sleep 0.1; echo late) & echo early", How::Exit(0), "early\nlate\n", ""),
        ("exec >&- 2>&-; sleep 0.1; exit 4", How::Exit(4), "", ""),
        // What it is given: no input, no descriptors, no terminal, no signals ignored or blocked, only the environment that was set.
        ("cat; read -r line || echo end", How::Exit(0), "end\n", ""),
        ("ls /proc/self/fd | tr '\\n' ' '", How::Exit(0), "0 1 2 3 ", ""),
        ("(: > /dev/tty) 2>/dev/null || echo none", How::Exit(0), "none\n", ""),
        ("grep -hE 'SigIgn|SigBlk' /proc/self/status | grep -o '.......$' | sort -u", How::Exit(0), "0000000\n", ""),
        ("yes | head -1 >/dev/null; echo ${PIPESTATUS[0]}", How::Exit(0), "141\n", ""),
        ("env | cut -d= -f1 | sort | tr '\\n' ' '", How::Exit(0), "ALCOVE_COMMAND LC_ALL PATH PWD SHLVL _ ", ""),
        ("pwd", How::Exit(0), "/tmp\n", ""),
    ];
    for (script, how, out, error) in table {
        ends(script, how, out, error).await;
    }
}

#[tokio::test]
async fn what_cannot_be_started_is_an_error() {
    let start = async |command| processes().start(Job { command, ..job("") }).await.err().map(|error| error.kind());
    let tmp = Path::new("/tmp");
    let long = "x".repeat(200 << 10);
    assert_eq!(start(command("/no/such/program", &[], tmp)).await, Some(io::ErrorKind::NotFound));
    assert_eq!(start(command("no-such-program", &[], tmp)).await, Some(io::ErrorKind::NotFound));
    assert_eq!(start(command("/bin/true", &[], Path::new("/no/such/folder"))).await, Some(io::ErrorKind::NotFound));
    assert_eq!(start(command("/etc/passwd", &[], tmp)).await, Some(io::ErrorKind::PermissionDenied));
    assert_eq!(start(command("/bin/true", &[&long], tmp)).await, Some(io::ErrorKind::ArgumentListTooLong));
    assert_eq!(start(command("/bin/true", &vec![long.as_str(); 30], tmp)).await, Some(io::ErrorKind::ArgumentListTooLong));
    assert_eq!(start(command("true", &[], tmp)).await, None);
}

#[tokio::test]
async fn one_that_is_let_go_has_another_limit() {
    let processes = processes();
    let mut running = processes.start(job("echo begun; sleep 60")).await.unwrap();
    until(&mut running, "begun").await;
    running.let_go(Duration::ZERO);
    assert_eq!(finish(&mut running).await.1.how, How::TimedOut);
}

#[tokio::test]
async fn one_that_is_let_go_waits_for_what_it_leaves_behind() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo begun; until [ -e go ]; do sleep 0.02; done; (sleep 0.7; echo late) & exit 5";
    let processes = processes();
    let mut running = processes.start(job_in(script, folder.path())).await.unwrap();
    until(&mut running, "begun").await;
    running.let_go(Duration::from_secs(60));
    std::fs::write(folder.path().join("go"), "").unwrap();
    let (told, ended) = finish(&mut running).await;
    assert_eq!((said(&told, 1).as_str(), ended.how), ("late\n", How::Exit(5)));
}

#[tokio::test]
async fn at_the_limit() {
    let (told, ended) = run(Job { limit: Duration::from_millis(200), ..job("echo begun; sleep 60 & sleep 60") }).await;
    assert_eq!((ended.how, said(&told, 1).as_str()), (How::TimedOut, "begun\n"));
    assert!((Duration::from_millis(200)..AT_ONCE).contains(&ended.duration), "{:?}", ended.duration);
}

#[tokio::test]
async fn at_a_stop_it_is_asked_first() {
    let processes = processes();
    let mut running = processes.start(job("trap 'echo bye; exit 0' TERM; echo ready; sleep 60 & wait")).await.unwrap();
    until(&mut running, "ready").await;
    running.stop();
    running.stop();
    let (told, ended) = finish(&mut running).await;
    assert_eq!((ended.how, said(&told, 1).as_str()), (How::Stopped, "bye\n"));
    assert_eq!(running.next().await, None);
}

#[tokio::test]
async fn what_it_leaves_behind_is_killed_or_awaited() {
    let table = [
        (After::Kill, "(sleep 60; echo late) & echo early; exit 5", "early\n", 400),
        (After::Kill, "(sleep 60; echo late) >/dev/null 2>&1 & echo early; exit 5", "early\n", 0),
        (After::Wait, "(sleep 0.7; echo late) & echo early; exit 5", "early\nlate\n", 700),
        (After::Wait, "(sleep 0.3) >/dev/null 2>&1 & echo early; exit 5", "early\n", 300),
    ];
    for (after, script, out, least) in table {
        let start = Instant::now();
        let (told, ended) = run(Job { after, ..job(script) }).await;
        assert_eq!((ended.how, said(&told, 1).as_str()), (How::Exit(5), out), "{script}");
        let (took, least) = (start.elapsed(), Duration::from_millis(least));
        assert!((least..AT_ONCE).contains(&took), "{script}: {took:?}");
        assert!(ended.duration < took.saturating_sub(least / 2), "{script}: {:?} of {took:?}", ended.duration);
    }
}

#[tokio::test]
async fn with_those_who_listen() {
    let folder = tempfile::tempdir().unwrap();
    let gone = || hostile::alive_in(folder.path()).is_empty();
    let processes = processes();
    for script in ["echo ready; sleep 60", "echo ready; trap '' TERM; yes", "echo ready; setsid sleep 60 & wait"] {
        let mut running = processes.start(job_in(script, folder.path())).await.unwrap();
        until(&mut running, "ready").await;
        assert!(!gone());
        drop(running);
        let_go(&processes).await;
        assert!(gone(), "{script}");
    }
}

#[tokio::test]
async fn with_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let gone = || hostile::alive_in(folder.path()).is_empty();
    let (shut, dropped) = (processes(), processes());
    let mut kept = Vec::new();
    for script in ["echo ready; sleep 60", "echo ready; trap '' TERM; yes", "echo ready; setsid sleep 60 & wait", "yes"] {
        kept.push(shut.start(job_in(script, folder.path())).await.unwrap());
        kept.push(dropped.start(job_in(script, folder.path())).await.unwrap());
    }
    let start = Instant::now();
    shut.shut_down().await;
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    assert_eq!(shut.start(job("true")).await.unwrap_err().kind(), io::ErrorKind::NotConnected);
    let register = dropped.register.clone();
    drop(dropped);
    emptied(&register).await;
    assert!(gone());
}

#[tokio::test]
async fn only_so_many_run_at_a_time() {
    let processes = processes();
    let mut running = Vec::new();
    for _ in 0..MOST {
        running.push(processes.start(job("sleep 60")).await.unwrap());
    }
    assert_eq!(processes.start(job("true")).await.unwrap_err().kind(), io::ErrorKind::QuotaExceeded);
    running[3].stop();
    finish(&mut running[3]).await;
    finish(&mut processes.start(job("true")).await.unwrap()).await;
    processes.shut_down().await;
}
