//! The rigs of files that change their names while they are read.

use super::{Rig, holds};
use crate::source::{Access, Locator, Source};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

/// What becomes of a file after it was written to.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Then {
    /// Nothing; the next records stand in another file.
    Next,
    /// It is renamed.
    Rename,
    /// It is renamed and compressed.
    Compress,
}

struct Files {
    folder: tempfile::TempDir,
    then: Then,
    written: u32,
}

impl Files {
    fn new(then: Then) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), then, written: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&mut self, text: &[u8]) {
        self.written += 1;
        let number = 20_260_000 + self.written;
        let name = match self.then {
            Then::Next => format!("audit-{number}.jsonl"),
            Then::Rename | Then::Compress => "audit.jsonl".to_owned(),
        };
        let path = self.path(&name);
        let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a file");
        file.write_all(text).expect("written");
        let rotated = self.path(&format!("audit.jsonl-{number}"));
        match self.then {
            Then::Next => {}
            Then::Rename => fs::rename(&path, rotated).expect("renamed"),
            Then::Compress => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(&fs::read(&path).expect("read")).expect("packed");
                let packed = encoder.finish().expect("packed");
                fs::rename(&path, &rotated).expect("renamed");
                fs::write(rotated.with_extension(format!("jsonl-{number}.gz")), packed)
                    .expect("written");
                fs::remove_file(rotated).expect("removed");
            }
        }
    }
}

impl Rig for Files {
    async fn open(&mut self) -> Source {
        let name = match self.then {
            Then::Next => "audit-*.jsonl",
            Then::Rename | Then::Compress => {
                fs::write(self.path("audit.jsonl"), "").expect("written");
                "audit.jsonl"
            }
        };
        let locator = Locator::Jsonl(self.path(name));
        Source::open(&locator, Access::default()).await.expect("opened")
    }

    async fn write(&mut self, records: &[String]) {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        self.append(text.as_bytes());
    }

    async fn write_garbage(&mut self) -> bool {
        self.append(b"no \xff record\n");
        true
    }
}

#[tokio::test]
async fn a_pattern_of_files() {
    holds(Files::new(Then::Next)).await;
}

#[tokio::test]
async fn a_rotated_file() {
    holds(Files::new(Then::Rename)).await;
}

#[tokio::test]
async fn a_compressed_file() {
    holds(Files::new(Then::Compress)).await;
}
