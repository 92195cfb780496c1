use super::JsonlSource;
use crate::source::{Feed, Line, MAX_LINE, MAX_POLL, SourceError};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Place {
    _dir: TempDir,
    path: PathBuf,
}

fn place(content: &str) -> Place {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("audit.jsonl");
    fs::write(&path, content).expect("a file");
    Place { _dir: dir, path }
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).expect("a file");
    file.write_all(bytes).expect("written");
}

fn open(place: &Place) -> JsonlSource {
    JsonlSource::open(&place.path).expect("opened")
}

fn poll(source: &mut JsonlSource) -> Vec<String> {
    let text = |line| match line {
        Line::Text(text) => text,
        Line::Unreadable { why, .. } => format!("unreadable: {why}"),
    };
    source.lines().expect("polled").into_iter().map(text).collect()
}

#[test]
fn begins_at_the_end_and_reads_what_is_appended() {
    let place = place("old\n");
    let mut source = open(&place);
    assert!(poll(&mut source).is_empty());
    append(&place.path, b"one\ntwo\nthr");
    assert_eq!(poll(&mut source), ["one", "two"]);
    assert!(poll(&mut source).is_empty());
    append(&place.path, b"ee\n");
    assert_eq!(poll(&mut source), ["three"]);
}

#[test]
fn passes_over_the_line_that_was_begun_before() {
    let place = place("old\nhalf of an old");
    let mut source = open(&place);
    append(&place.path, b" line\nnew\n");
    assert_eq!(poll(&mut source), ["new"]);
}

#[test]
fn begins_with_an_empty_file() {
    let place = place("");
    let mut source = open(&place);
    append(&place.path, b"one\n");
    assert_eq!(poll(&mut source), ["one"]);
}

#[cfg(unix)]
#[test]
fn finishes_the_rotated_file_before_the_new_one() {
    let place = place("");
    let mut source = open(&place);
    append(&place.path, b"one\n");
    let rotated = place.path.with_extension("1");
    append(&place.path, b"two\n");
    fs::rename(&place.path, &rotated).expect("renamed");
    assert_eq!(poll(&mut source), ["one", "two"], "no new file yet");
    append(&rotated, b"three\n");
    append(&place.path, b"four\n");
    assert_eq!(poll(&mut source), ["three", "four"]);
    append(&rotated, b"late\n");
    append(&place.path, b"five\n");
    assert_eq!(poll(&mut source), ["late", "five"], "a writer may keep the old file for a while");
}

#[cfg(unix)]
#[test]
fn the_last_line_of_a_rotated_file_needs_no_end() {
    let place = place("");
    let mut source = open(&place);
    append(&place.path, b"one\ntwo");
    fs::rename(&place.path, place.path.with_extension("1")).expect("renamed");
    append(&place.path, b"three\n");
    let mut lines = poll(&mut source);
    lines.extend(poll(&mut source));
    lines.extend(poll(&mut source));
    lines.sort_unstable();
    assert_eq!(lines, ["one", "three", "two"]);
}

#[cfg(unix)]
#[test]
fn a_file_replaced_by_a_longer_one_is_read_from_its_start() {
    let place = place("old\n");
    let mut source = open(&place);
    let next = place.path.with_extension("next");
    fs::write(&next, "one\ntwo\nthree\nfour\n").expect("written");
    fs::rename(&next, &place.path).expect("replaced");
    assert_eq!(poll(&mut source), ["one", "two", "three", "four"]);
}

#[test]
fn a_truncated_file_is_read_from_its_start() {
    let place = place("a long old line\n");
    let mut source = open(&place);
    append(&place.path, b"cut off he");
    assert!(poll(&mut source).is_empty());
    fs::write(&place.path, "").expect("truncated");
    let lines = poll(&mut source);
    assert_eq!(lines, ["unreadable: the file was truncated within this line"]);
    append(&place.path, b"new\n");
    assert_eq!(poll(&mut source), ["new"]);
}

#[test]
fn a_file_that_vanishes_is_waited_for() {
    let place = place("old\n");
    let mut source = open(&place);
    fs::remove_file(&place.path).expect("removed");
    assert!(poll(&mut source).is_empty());
    append(&place.path, b"one\n");
    assert_eq!(poll(&mut source), ["one"]);
}

#[test]
fn unreadable_lines_do_not_stop_the_others() {
    let place = place("");
    let mut source = open(&place);
    append(&place.path, b"\xff\none\n");
    append(&place.path, &vec![b'x'; MAX_LINE + 1]);
    append(&place.path, b"\ntwo\n");
    let lines = poll(&mut source);
    let expected =
        ["unreadable: not UTF-8 at byte 0", "one", "unreadable: longer than 1048576 bytes", "two"];
    assert_eq!(lines, expected);
}

#[test]
fn one_poll_takes_a_bounded_part_and_the_next_goes_on() {
    let place = place("");
    let mut source = open(&place);
    // Tiny lines cost more memory than their text; the bound counts that.
    let count = MAX_POLL / 90;
    append(&place.path, "a\n".repeat(count).as_bytes());
    let first = source.lines().expect("polled").len();
    assert!(first < count && Feed::has_more(&source), "{first} of {count}");
    let mut total = first;
    while Feed::has_more(&source) {
        total += source.lines().expect("polled").len();
    }
    assert_eq!(total, count);
}

#[test]
fn says_what_is_wrong_with_a_path_and_what_to_do() {
    let place = place("");
    let missing = JsonlSource::open(&place.path.with_extension("not")).expect_err("missing");
    assert!(matches!(missing, SourceError::Missing(_)) && missing.is_absent());
    let text = missing.to_string();
    assert!(text.contains("audit.not") && text.contains("start the target"), "{text}");
    let directory =
        JsonlSource::open(place.path.parent().expect("a parent")).expect_err("a directory");
    assert!(matches!(directory, SourceError::NotAFile(_)), "{directory}");
}

#[cfg(unix)]
#[test]
fn never_waits_for_the_writer_of_a_pipe() {
    let place = place("");
    let pipe = place.path.with_extension("fifo");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(matches!(JsonlSource::open(&pipe), Err(SourceError::NotAFile(_))));
    }
}
