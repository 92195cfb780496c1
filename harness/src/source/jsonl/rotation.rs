//! Rotation as operators have it: by renaming and by copying, several between two looks, and compressed.

use super::{JsonlSource, open};
use crate::source::{Line, SourceError};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Folder(TempDir);

fn folder() -> Folder {
    Folder(tempfile::tempdir().expect("a folder"))
}

impl Folder {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).open(self.path(name)).expect("a file");
        file.write_all(text.as_bytes()).expect("written");
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("renamed");
    }

    fn copy_and_truncate(&self, from: &str, to: &str) {
        fs::copy(self.path(from), self.path(to)).expect("copied");
        OpenOptions::new().write(true).truncate(true).open(self.path(from)).expect("truncated");
    }

    /// Compresses a file as `gzip` does: the copy beside it first, then the file is gone.
    fn compress(&self, name: &str) {
        let packed = packed(&fs::read(self.path(name)).expect("read"));
        fs::write(self.path(&format!("{name}.gz")), packed).expect("written");
        fs::remove_file(self.path(name)).expect("removed");
    }

    fn open(&self, name: &str) -> JsonlSource {
        JsonlSource::open(&self.path(name)).expect("opened")
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

/// Everything that comes, until nothing more does for longer than a copy is waited for.
fn all(source: &mut JsonlSource) -> Vec<String> {
    let mut lines = Vec::new();
    for _ in 0..6 {
        lines.extend(poll(source));
        std::thread::sleep(super::AGAIN);
    }
    lines
}

fn poll(source: &mut JsonlSource) -> Vec<String> {
    let text = |line| match line {
        Line::Text(text) => text,
        Line::Unreadable { why, .. } => format!("unreadable: {why}"),
    };
    source.lines().expect("polled").into_iter().map(text).collect()
}

/// So many distinct lines, more than a sample of a file.
fn many(name: &str, count: usize) -> String {
    (0..count)
        .map(|number| format!("{{\"{name}\":{number},\"t\":\"2026-11-20T21:26:01Z\"}}\n"))
        .collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn several_rotations_between_two_looks_lose_nothing() {
    for dated in [false, true] {
        let folder = folder();
        folder.append("a.log", "old\n");
        let mut source = folder.open("a.log");
        folder.append("a.log", "one\n");
        assert_eq!(poll(&mut source), ["one"]);
        folder.append("a.log", "two\n");
        if dated {
            folder.rename("a.log", "a.log-20261120");
            folder.append("a.log", "three\n");
            folder.rename("a.log", "a.log-20261121");
        } else {
            folder.rename("a.log", "a.log.1");
            folder.append("a.log", "three\n");
            folder.rename("a.log.1", "a.log.2");
            folder.rename("a.log", "a.log.1");
        }
        folder.append("a.log", "four\n");
        assert_eq!(poll(&mut source), ["two", "three", "four"]);
        assert_eq!(all(&mut source), [""; 0]);
    }
}

#[test]
fn what_was_rotated_before_is_not_read_under_any_name() {
    let folder = folder();
    folder.append("a.log.1", &many("old", 50));
    folder.append("a.log", "");
    fs::write(folder.path("a.log.2.gz"), packed(many("older", 50).as_bytes())).expect("written");
    let mut source = folder.open("a.log");
    folder.rename("a.log.2.gz", "a.log.3.gz");
    folder.compress("a.log.1");
    folder.rename("a.log.1.gz", "a.log.2.gz");
    folder.append("a.log", "one\n");
    folder.rename("a.log", "a.log.1");
    folder.append("a.log", "two\n");
    assert_eq!(all(&mut source), ["one", "two"]);
}

#[test]
fn a_compressed_copy_of_what_was_read_is_not_read_again() {
    let folder = folder();
    folder.append("a.log", &many("old", 40));
    let mut source = folder.open("a.log");
    let text = many("new", 100);
    folder.append("a.log", &text);
    assert_eq!(poll(&mut source), lines(&text));
    folder.rename("a.log", "a.log.1");
    folder.append("a.log", "next\n");
    folder.compress("a.log.1");
    assert_eq!(all(&mut source), ["next"]);
}

#[test]
fn a_compressed_file_that_was_never_read_is_read_whole_and_in_its_place() {
    let folder = folder();
    folder.append("a.log", "");
    let mut source = folder.open("a.log");
    let text = many("new", 3000);
    folder.append("a.log", &text);
    folder.rename("a.log", "a.log.1");
    folder.append("a.log", "more\n");
    folder.rename("a.log", "a.log.x");
    // The first was followed all the time; the second was never seen under a name of ours.
    folder.compress("a.log.x");
    folder.rename("a.log.x.gz", "a.log.2.gz");
    folder.append("a.log", "next\n");
    let mut came = all(&mut source);
    assert_eq!(came.len(), 3002);
    assert_eq!(came.split_off(3000), ["more", "next"]);
    assert_eq!(came, lines(&text));
}

#[test]
fn a_compressed_file_that_is_broken_is_told() {
    let folder = folder();
    folder.append("a.log", "");
    let mut source = folder.open("a.log");
    let whole = packed(many("new", 5000).as_bytes());
    fs::write(folder.path("a.log.1.gz"), &whole[..whole.len() / 2]).expect("written");
    let came = all(&mut source);
    let (last, before) = came.split_last().expect("lines");
    assert!(last.contains("cannot be unpacked"), "{last}");
    assert!(before.len() > 100, "what can be read is: {}", before.len());
}

#[test]
fn a_copy_before_truncation_gives_what_was_not_read_before() {
    let folder = folder();
    folder.append("a.log", "old\n");
    let mut source = folder.open("a.log");
    let text = many("new", 60);
    folder.append("a.log", &text);
    folder.append("a.log", "{\"half\":");
    assert_eq!(poll(&mut source), lines(&text));
    folder.append("a.log", "1}\nlast\n");
    folder.copy_and_truncate("a.log", "a.log.1");
    folder.append("a.log", "next\n");
    assert_eq!(all(&mut source), ["{\"half\":1}", "last", "next"]);
    folder.copy_and_truncate("a.log", "a.log.2");
    assert_eq!(all(&mut source), [""; 0]);
    folder.append("a.log", "more\n");
    assert_eq!(all(&mut source), ["more"]);
}

#[test]
fn a_copy_that_stands_a_while_beside_its_file_gives_nothing_twice() {
    let folder = folder();
    folder.append("a.log", "");
    let mut source = folder.open("a.log");
    folder.append("a.log", "one\n");
    assert_eq!(poll(&mut source), ["one"]);
    folder.append("a.log", "two\n");
    fs::copy(folder.path("a.log"), folder.path("a.log.1")).expect("copied");
    assert_eq!(all(&mut source), ["two"]);
    OpenOptions::new().write(true).truncate(true).open(folder.path("a.log")).expect("truncated");
    folder.append("a.log", "three\n");
    assert_eq!(all(&mut source), ["three"]);
}

#[test]
fn a_file_that_was_truncated_and_has_grown_beyond_is_read_from_its_start() {
    let folder = folder();
    folder.append("a.log", "");
    let mut source = folder.open("a.log");
    folder.append("a.log", "one\n");
    assert_eq!(poll(&mut source), ["one"]);
    fs::write(folder.path("a.log"), "a new and longer line\n").expect("written");
    assert_eq!(all(&mut source), ["a new and longer line"]);
}

#[test]
fn a_pattern_follows_every_file_and_those_that_come() {
    let folder = folder();
    folder.append("audit-1.jsonl", "old\n");
    folder.append("other.jsonl", "");
    let mut source = folder.open("audit-*.jsonl");
    folder.append("audit-1.jsonl", "one\n");
    folder.append("audit-2.jsonl", "two\n");
    folder.append("other.jsonl", "no\n");
    let mut came = all(&mut source);
    came.sort_unstable();
    assert_eq!(came, ["one", "two"]);
    folder.rename("audit-1.jsonl", "audit-1.jsonl.1");
    folder.append("audit-1.jsonl", "three\n");
    assert_eq!(all(&mut source), ["three"]);
}

#[test]
fn a_pattern_may_fit_nothing_yet_where_its_folder_is() {
    let folder = folder();
    let mut source = folder.open("audit-[0-9].jsonl");
    assert_eq!(poll(&mut source), [""; 0]);
    folder.append("audit-7.jsonl", "one\n");
    assert_eq!(all(&mut source), ["one"]);
    let missing = JsonlSource::open(&folder.path("none/audit-*.jsonl")).expect_err("no folder");
    assert!(matches!(missing, SourceError::NoFolder { .. }) && missing.is_usage(), "{missing}");
    assert!(missing.to_string().contains("none` of the files"), "{missing}");
}

#[test]
fn a_pattern_of_too_many_files_is_refused() {
    let folder = folder();
    (0..300).for_each(|number| folder.append(&format!("{number}.log"), ""));
    let error = JsonlSource::open(&folder.path("*.log")).expect_err("too many");
    assert!(error.is_usage() && error.to_string().contains("300 files"), "{error}");
}

#[test]
fn a_name_with_the_signs_of_a_pattern_is_a_name_where_it_is_a_file() {
    let folder = folder();
    folder.append("a[1].log", "");
    let mut source = folder.open("a[1].log");
    folder.append("a[1].log", "one\n");
    folder.append("a1.log", "no\n");
    assert_eq!(all(&mut source), ["one"]);
}

#[test]
fn rotated_files_are_not_kept_open_for_ever() {
    let folder = folder();
    folder.append("a.log", "");
    let mut source = folder.open("a.log");
    for number in 0..30 {
        folder.append("a.log", &format!("{number}\n"));
        folder.rename("a.log", &format!("a.log-2026112{number:02}"));
        folder.append("a.log", "");
        assert_eq!(poll(&mut source), [number.to_string()]);
    }
    assert!(source.files.len() <= super::ROTATED + 1, "{}", source.files.len());
    assert_eq!(all(&mut source), [""; 0], "what was closed is not opened again");
}

#[test]
fn a_hyphen_is_standard_input() {
    assert!(format!("{:?}", open(Path::new("-")).expect("opened")).starts_with("StreamSource"));
}
