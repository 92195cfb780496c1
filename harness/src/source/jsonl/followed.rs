//! One open file and how far it is read.

use super::print::Print;
use crate::source::tail::Splitter;
use crate::source::{LINE_COST, Line};
use flate2::read::MultiGzDecoder;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

/// Bytes of one read.
const CHUNK: usize = 64 * 1024;

/// Bytes of the beginning and end of a file that are looked at, at most.
const SAMPLE: u64 = 1024;

/// One open file and how far it is read.
#[derive(Debug)]
pub(super) struct Followed {
    content: Content,
    pub(super) id: Id,
    /// What was read of it, by which a copy is known.
    pub(super) print: Print,
    pub(super) splitter: Splitter,
    /// Whether the target writes to it; what was rotated ends some time.
    pub(super) active: bool,
}

#[derive(Debug)]
enum Content {
    Plain(File),
    /// A compressed file is read once; none when its end was reached.
    Packed(File, Option<Box<MultiGzDecoder<File>>>),
}

/// A file's number on its device. A number is used again only when the file is gone and closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Id(u64, u64);

impl Id {
    /// The number of a file.
    #[cfg(unix)]
    pub(super) fn of(found: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(found.dev(), found.ino())
    }
}

/// What one read came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reading {
    /// Nothing new.
    Nothing,
    /// Something.
    Some,
    /// What was read is no longer in it.
    Truncated,
}

impl Followed {
    /// A file that is read from its start.
    pub(super) fn at_start(file: File, packed: bool, active: bool) -> io::Result<Self> {
        let id = Id::of(&file.metadata()?);
        let content = if packed {
            let handle = file.try_clone()?;
            Content::Packed(handle, Some(Box::new(MultiGzDecoder::new(file))))
        } else {
            Content::Plain(file)
        };
        let (print, splitter) = (Print::default(), Splitter::default());
        Ok(Self { content, id, print, splitter, active })
    }

    /// A file that is read from its end. A line that has no end yet is not ours.
    pub(super) fn at_end(mut file: File) -> io::Result<Self> {
        let id = Id::of(&file.metadata()?);
        let print = passed(&mut file)?;
        let within = print.offset() > 0 && !print.ends_with(b"\n");
        let splitter = if within { Splitter::within_a_line() } else { Splitter::default() };
        Ok(Self { content: Content::Plain(file), id, print, splitter, active: true })
    }

    /// A copy of what was read elsewhere: it is read on from there.
    pub(super) fn behind(mut self, print: Print, splitter: Splitter) -> io::Result<Self> {
        if let Content::Packed(_, Some(packed)) = &mut self.content {
            io::copy(&mut packed.by_ref().take(print.offset()), &mut io::sink())?;
        }
        (self.print, self.splitter) = (print, splitter);
        Ok(self)
    }

    /// Length and time of change, by which a file is known that was closed.
    pub(super) fn state(&self) -> Option<(u64, Option<SystemTime>)> {
        let file = match &self.content {
            Content::Plain(file) => file,
            Content::Packed(file, _) => file,
        };
        file.metadata().ok().map(|found| (found.len(), found.modified().ok()))
    }

    /// Whether nothing can come any more.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self.content, Content::Packed(_, None))
    }

    /// Reads to the end of the file or of the budget.
    pub(super) fn read(
        &mut self,
        budget: &mut usize,
        buffer: &mut Vec<u8>,
        lines: &mut Vec<Line>,
    ) -> io::Result<Reading> {
        if let Content::Plain(file) = &mut self.content {
            let length = file.metadata()?.len();
            if length < self.print.offset() || !stands(&self.print, file, length)? {
                return Ok(Reading::Truncated);
            }
            if length == self.print.offset() {
                return Ok(Reading::Nothing);
            }
            file.seek(SeekFrom::Start(self.print.offset()))?;
        }
        buffer.resize(CHUNK, 0);
        let mut any = Reading::Nothing;
        while *budget > 0 {
            let wanted = CHUNK.min(*budget);
            let room = buffer.get_mut(..wanted).unwrap_or_default();
            let count = self.content.read(room, &mut self.splitter, lines)?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            let before = lines.len();
            self.splitter.push(bytes, lines);
            self.print.read(bytes);
            let cost = count + (lines.len() - before) * LINE_COST;
            *budget = budget.saturating_sub(cost);
            any = Reading::Some;
        }
        Ok(any)
    }

    /// Begins anew with a file that was truncated; gives what was known of it.
    pub(super) fn restart(&mut self) -> (Print, Splitter) {
        (std::mem::take(&mut self.print), std::mem::take(&mut self.splitter))
    }
}

impl Content {
    /// The next bytes. A compressed file that cannot be unpacked ends there, with a line that says so.
    fn read(
        &mut self,
        room: &mut [u8],
        splitter: &mut Splitter,
        lines: &mut Vec<Line>,
    ) -> io::Result<usize> {
        let packed = match self {
            Self::Plain(file) => return file.read(room),
            Self::Packed(_, packed) => packed,
        };
        let Some(decoder) = packed else { return Ok(0) };
        let count = decoder.read(room);
        if !matches!(count, Ok(1..)) {
            *packed = None;
            splitter.flush(lines);
        }
        if let Err(error) = &count {
            let why = format!("the compressed file cannot be unpacked from here on: {error}");
            lines.push(Line::Unreadable { why, excerpt: String::new() });
        }
        Ok(count.unwrap_or(0))
    }
}

/// Whether what was read last still stands before its end: a file may have been truncated and have grown
/// beyond the old place since. Only asked of a file that grew.
fn stands(print: &Print, file: &mut File, length: u64) -> io::Result<bool> {
    let known = u64::try_from(print.known()).unwrap_or(0).min(SAMPLE);
    if length == print.offset() || known == 0 {
        return Ok(true);
    }
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(print.offset().saturating_sub(known)))?;
    file.by_ref().take(known).read_to_end(&mut tail)?;
    Ok(print.ends_with(&tail))
}

/// What is known of a file whose present content is passed over.
pub(super) fn passed(file: &mut File) -> io::Result<Print> {
    let length = file.metadata()?.len();
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(SAMPLE.min(length)).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(length.saturating_sub(SAMPLE)))?;
    file.by_ref().take(SAMPLE.min(length)).read_to_end(&mut tail)?;
    Ok(Print::passed(&head, length, &tail))
}

/// Opens a file for reading, where it is one; opening a pipe would wait for its writer.
pub(super) fn opened(path: &Path) -> io::Result<Option<File>> {
    let found = std::fs::metadata(path)?;
    if found.is_file() { File::open(path).map(Some) } else { Ok(None) }
}
