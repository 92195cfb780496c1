//! A file to which the target appends one record a line, followed through rotation and truncation.
//!
//! Polls: no notification mechanism is the same on all systems and file systems. A file that is
//! truncated and grows beyond its old length between two polls cannot be told from one that grew.

use super::error::SourceError;
use super::tail::Splitter;
use super::{Feed, LINE_COST, Line, MAX_POLL};
use futures_util::future::BoxFuture;
use std::fs::{File, Metadata};
use std::future::ready;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes of one read.
const CHUNK: usize = 64 * 1024;

/// The followed file.
#[derive(Debug)]
pub(super) struct JsonlSource {
    path: PathBuf,
    current: Followed,
    /// The file that stood at the path before: a writer may go on with it until it opens the new one.
    previous: Option<Followed>,
    more: bool,
}

/// One open file and how far it is read.
#[derive(Debug)]
struct Followed {
    file: File,
    /// Bytes that are read.
    offset: u64,
    splitter: Splitter,
}

impl JsonlSource {
    /// Opens the file at its end. A line that has no end yet is not ours.
    pub(super) fn open(path: &Path) -> Result<Self, SourceError> {
        let failed = |source| SourceError::File { path: path.to_owned(), source };
        require_file(path)?;
        let current = Followed::at_end(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), current, previous: None, more: false })
    }

    fn lines(&mut self) -> Result<Vec<Line>, SourceError> {
        let mut lines = Vec::new();
        self.read(&mut lines)
            .map_err(|source| SourceError::File { path: self.path.clone(), source })?;
        Ok(lines)
    }

    fn read(&mut self, lines: &mut Vec<Line>) -> io::Result<()> {
        let mut budget = MAX_POLL;
        self.read_previous(&mut budget, lines)?;
        self.current.read(&mut budget, lines)?;
        // The path is looked at only when the present file is read to its end, so that nothing of it
        // is lost, and it is read again afterwards: a line may have come in between.
        if budget > 0 && self.rotate()? {
            self.read_previous(&mut budget, lines)?;
            self.current.read(&mut budget, lines)?;
        }
        self.more = budget == 0;
        Ok(())
    }

    /// Reads what a writer still appends to the rotated file. Once nothing more comes, its last line
    /// counts as ended.
    fn read_previous(&mut self, budget: &mut usize, lines: &mut Vec<Line>) -> io::Result<()> {
        let Some(previous) = &mut self.previous else {
            return Ok(());
        };
        if !previous.read(budget, lines)? {
            previous.splitter.flush(lines);
        }
        Ok(())
    }

    /// Turns to the file that now stands at the path, if it is another one.
    fn rotate(&mut self) -> io::Result<bool> {
        let now = match std::fs::metadata(&self.path) {
            Ok(now) => now,
            // Between the renaming of the old file and the making of the new there is none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        if !now.is_file() || same_file(&now, &self.current.file.metadata()?) {
            return Ok(false);
        }
        let next = Followed::at_start(&self.path)?;
        self.previous = Some(std::mem::replace(&mut self.current, next));
        Ok(true)
    }
}

impl Feed for JsonlSource {
    // A local file is read in place: handing it to another thread would cost more than the read,
    // whose length is bounded.
    fn poll(&mut self) -> BoxFuture<'_, Result<Vec<Line>, SourceError>> {
        Box::pin(ready(self.lines()))
    }

    fn has_more(&self) -> bool {
        self.more
    }
}

impl Followed {
    fn at_start(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, offset: 0, splitter: Splitter::default() })
    }

    fn at_end(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let offset = file.seek(SeekFrom::End(0))?;
        let splitter = if ends_a_line(&mut file, offset)? {
            Splitter::default()
        } else {
            Splitter::within_a_line()
        };
        Ok(Self { file, offset, splitter })
    }

    /// Reads to the end of the file or of the budget. True when anything was read.
    fn read(&mut self, budget: &mut usize, lines: &mut Vec<Line>) -> io::Result<bool> {
        if self.file.metadata()?.len() < self.offset {
            self.splitter.abandon("the file was truncated within this line", lines);
            self.offset = 0;
        }
        self.file.seek(SeekFrom::Start(self.offset))?;
        let mut buffer = vec![0; CHUNK];
        let mut any = false;
        while *budget > 0 {
            let wanted = CHUNK.min(*budget);
            let read = self.file.read(buffer.get_mut(..wanted).unwrap_or_default())?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            let before = lines.len();
            self.splitter.push(bytes, lines);
            self.offset += read as u64;
            let cost = read + (lines.len() - before) * LINE_COST;
            *budget = budget.saturating_sub(cost);
            any = true;
        }
        Ok(any)
    }
}

/// Refuses what cannot be followed; opening a pipe would wait for its writer.
fn require_file(path: &Path) -> Result<(), SourceError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(SourceError::NotAFile(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(SourceError::Missing(path.to_owned()))
        }
        Err(source) => Err(SourceError::File { path: path.to_owned(), source }),
    }
}

/// Whether the file is empty or its last byte ends a line; leaves the position at the end.
fn ends_a_line(file: &mut File, length: u64) -> io::Result<bool> {
    let Some(last) = length.checked_sub(1) else {
        return Ok(true);
    };
    file.seek(SeekFrom::Start(last))?;
    let mut byte = [0; 1];
    Ok(file.read(&mut byte)? == 1 && byte == *b"\n")
}

/// Whether both are one file, by its number on its device.
#[cfg(unix)]
fn same_file(one: &Metadata, two: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (two.dev(), two.ino())
}

/// Without file numbers a replaced file is known by its length alone.
#[cfg(not(unix))]
fn same_file(one: &Metadata, two: &Metadata) -> bool {
    one.len() >= two.len()
}

#[cfg(test)]
mod tests;
