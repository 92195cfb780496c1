use super::{Settling, Wait};
use crate::source::{Access, Line, Locator, MAX_COLLECTED, Source};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn settles_when_nothing_of_ours_has_come_for_the_time() {
    let begin = Instant::now();
    let mut settling = Settling::new(begin, 2 * SECOND, 10 * SECOND);
    assert_eq!(settling.state(begin + SECOND), Wait::More);
    settling.heard(begin + SECOND);
    assert_eq!(settling.state(begin + 2 * SECOND), Wait::More);
    assert_eq!(settling.state(begin + 3 * SECOND), Wait::Settled);
}

#[test]
fn the_deadline_ends_a_wait_that_does_not_settle() {
    let begin = Instant::now();
    let mut settling = Settling::new(begin, 2 * SECOND, 5 * SECOND);
    for second in 1..5 {
        settling.heard(begin + second * SECOND);
        assert_eq!(settling.state(begin + second * SECOND), Wait::More);
    }
    assert_eq!(settling.state(begin + 5 * SECOND), Wait::Late);
    settling.heard(begin);
    assert_eq!(settling.state(begin + 5 * SECOND), Wait::Settled, "settled just in time");
}

#[test]
fn an_endless_deadline_is_none() {
    let begin = Instant::now();
    let settling = Settling::new(begin, Duration::MAX, Duration::MAX);
    assert_eq!(settling.state(begin + 1000 * SECOND), Wait::More);
}

#[test]
fn what_is_kept_is_bounded() {
    let begin = Instant::now();
    let mut settling = Settling::new(begin, SECOND, 2 * SECOND);
    settling.took(MAX_COLLECTED - 1);
    assert_eq!(settling.state(begin), Wait::More);
    settling.took(1);
    assert_eq!(settling.state(begin), Wait::Full);
    assert_eq!(settling.state(begin + SECOND), Wait::Full, "full is never settled");
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).open(path).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
}

async fn open(path: &Path) -> Source {
    Source::open(&Locator::Jsonl(path.to_owned()), Access::default()).await.expect("opened")
}

#[tokio::test]
async fn collects_what_is_there_and_settles() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let mut source = open(file.path()).await;
    append(file.path(), "ours\nother\n");
    let settle = Duration::from_millis(30);
    let found = source.collect(settle, 3600 * SECOND, |text| text == "ours").await;
    assert!(found.settled && found.error.is_none());
    assert_eq!(found.lines, ["ours", "other"].map(|text| Line::Text(text.to_owned())));
    assert_eq!(found.lost, 0);
}

#[tokio::test]
async fn waits_for_records_that_are_late() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let mut source = open(file.path()).await;
    let path = file.path().to_owned();
    // The writer runs in the pause between two polls, and a poll comes before each judgement, so that
    // a slow machine cannot settle too early.
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let tell = std::sync::Mutex::new(Some(tell));
    append(&path, "first\n");
    let writer = tokio::spawn(async move {
        told.await.expect("told");
        append(&path, "second\n");
    });
    let heard_first = |text: &str| {
        if let Some(tell) = tell.lock().expect("not poisoned").take() {
            tell.send(()).expect("a writer");
        }
        text == "first"
    };
    let found = source.collect(Duration::from_millis(30), 3600 * SECOND, heard_first).await;
    writer.await.expect("the writer ended");
    assert!(found.settled);
    assert_eq!(found.lines, ["first", "second"].map(|text| Line::Text(text.to_owned())));
}

#[tokio::test]
async fn says_when_the_deadline_came_first() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let mut source = open(file.path()).await;
    append(file.path(), "x\n");
    let found = source.collect(3600 * SECOND, Duration::from_millis(1), |_| true).await;
    assert!(!found.settled);
    assert_eq!(found.lines.len(), 1, "one poll is made in any case");
}

#[tokio::test]
async fn no_source_is_settled_at_once() {
    let mut source = Source::open(&Locator::None, Access::default()).await.expect("opened");
    assert_eq!(source.poll().await.expect("polled"), []);
    let found = source.collect(3600 * SECOND, 3600 * SECOND, |_| true).await;
    assert!(found.settled && found.lines.is_empty() && found.error.is_none());
}

#[tokio::test]
async fn a_source_that_fails_never_settles_and_says_why() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("audit.jsonl");
    std::fs::write(&path, "").expect("a file");
    let mut source = open(&path).await;
    // A loop of links cannot be followed to a file, which is an error and not a missing file.
    std::fs::remove_file(&path).expect("removed");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, &path).expect("linked");
    let found = source.collect(Duration::ZERO, Duration::from_millis(50), |_| true).await;
    if cfg!(unix) {
        assert!(found.error.is_some());
        assert!(!found.settled);
    }
}
