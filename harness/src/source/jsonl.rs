//! Files to which the target appends one record a line, followed through rotation and truncation: one name, or
//! a pattern of names, in one folder.
//!
//! Polls: no notification mechanism is the same on all systems and file systems. What rotation makes of a
//! file (`NAME.1`, `NAME-date`, compressed copies of them) is known by the file's number, or by its content.

mod folder;
mod followed;
mod names;
mod print;
mod stdin;
mod whole;

use super::error::SourceError;
use super::tail::Splitter;
use super::{Feed, Line, MAX_POLL};
use flate2::read::MultiGzDecoder;
use followed::{Followed, Id, Reading, opened, passed};
use futures_util::future::BoxFuture;
use names::{Kind, Names};
use print::{Likeness, Print};
use std::collections::{HashMap, VecDeque};
use std::fs::{File, Metadata};
use std::future::ready;
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use whole::{Whole, is_empty, is_fresh, state};

/// Most files that a pattern may name at once, and that are kept open.
const FILES: usize = 256;

/// Rotated files that are kept open, for writers that have not turned to the new one.
const ROTATED: usize = 8;

/// Contents that are remembered, to know their copies.
const PRINTS: usize = 512;

/// Time between two looks at a folder whose time says nothing new.
const AGAIN: Duration = Duration::from_millis(100);

/// Opens what a path names: standard input for `-`, one file, or the files that fit a pattern.
pub(super) fn open(path: &Path) -> Result<Box<dyn Feed>, SourceError> {
    if path == Path::new("-") {
        return Ok(Box::new(stdin::StreamSource::stdin()));
    }
    Ok(Box::new(JsonlSource::open(path)?))
}

/// The followed files of one folder.
#[derive(Debug)]
pub(super) struct JsonlSource {
    names: Names,
    /// The open files, the rotated ones first.
    files: Vec<Followed>,
    /// Files that are not open and have nothing for us, with length and time of change: a number is used again.
    done: HashMap<Id, (u64, Option<SystemTime>)>,
    /// What was read, or was there before, the oldest first; with the line that a truncation cut.
    prints: VecDeque<(Print, Option<Splitter>)>,
    /// When the folder was changed last, as far as it was looked at.
    looked: Option<SystemTime>,
    /// When that was.
    last: Option<Instant>,
    /// Whether a copy was seen that may not be whole.
    waits: bool,
    buffer: Vec<u8>,
    more: bool,
}

/// A file of the folder that is not open.
#[derive(Debug)]
struct Candidate {
    path: PathBuf,
    kind: Kind,
    found: Metadata,
}

impl JsonlSource {
    /// Opens the files at their ends. A line that has no end yet is not ours, and neither is what was rotated
    /// before.
    pub(super) fn open(path: &Path) -> Result<Self, SourceError> {
        let names = Names::of(path).ok_or_else(|| SourceError::NotAFile(path.to_owned()))?;
        require(&names)?;
        let mut source = Self {
            names,
            files: Vec::new(),
            done: HashMap::new(),
            prints: VecDeque::new(),
            looked: None,
            last: None,
            waits: false,
            buffer: Vec::new(),
            more: false,
        };
        source.begin().map_err(|error| source.failed(error))?;
        match source.files.len() {
            0..=FILES => Ok(source),
            count => Err(SourceError::TooMany { path: path.to_owned(), count, most: FILES }),
        }
    }

    fn failed(&self, source: io::Error) -> SourceError {
        SourceError::File { path: self.names.path(), source }
    }

    /// Takes what is there as known.
    fn begin(&mut self) -> io::Result<()> {
        for candidate in self.candidates()? {
            let Some(mut file) = opened(&candidate.path)? else { continue };
            match candidate.kind {
                Kind::Active => self.files.push(Followed::at_end(file)?),
                Kind::Rotated(_) => {
                    self.remember(passed(&mut file)?, None);
                    self.pass_over(&candidate);
                }
                Kind::Compressed(_) => self.pass_over(&candidate),
            }
        }
        Ok(())
    }

    fn lines(&mut self) -> Result<Vec<Line>, SourceError> {
        let mut lines = Vec::new();
        match self.read(&mut lines) {
            // What came before the failure is not lost: the next poll meets it again.
            Err(error) if lines.is_empty() => Err(self.failed(error)),
            Err(_) | Ok(()) => Ok(lines),
        }
    }

    fn read(&mut self, lines: &mut Vec<Line>) -> io::Result<()> {
        let mut budget = MAX_POLL;
        let cut = self.read_files(&mut budget, lines)?;
        // The folder is looked at only when the open files are read to their ends, so that nothing of them is
        // lost, and they are read again afterwards: a line may have come in between.
        let replaced = budget > 0 && self.is_replaced()?;
        if budget > 0 && (self.has_changed() || cut || replaced) {
            self.look()?;
            // What a truncation cut and no copy continues is lost.
            for splitter in self.prints.iter_mut().filter_map(|(_, splitter)| splitter.as_mut()) {
                splitter.abandon("the file was truncated within this line", lines);
            }
            self.prints.iter_mut().for_each(|(_, splitter)| *splitter = None);
            self.read_files(&mut budget, lines)?;
        }
        self.close_old();
        self.more = budget == 0;
        Ok(())
    }

    /// Reads the open files, the rotated ones first; says whether one was truncated. Once nothing more comes,
    /// the last line of a rotated file counts as ended.
    fn read_files(&mut self, budget: &mut usize, lines: &mut Vec<Line>) -> io::Result<bool> {
        let mut cut = false;
        // Until there is a new file a writer may go on with the old one.
        let turned = self.files.iter().any(|file| file.active);
        for at in 0..self.files.len() {
            let Some(file) = self.files.get_mut(at) else { break };
            match file.read(budget, &mut self.buffer, lines)? {
                Reading::Truncated => {
                    cut = true;
                    let (print, splitter) = file.restart();
                    self.remember(print, Some(splitter));
                }
                Reading::Nothing if !file.active && turned && *budget > 0 => {
                    file.splitter.flush(lines)
                }
                Reading::Nothing | Reading::Some => {}
            }
        }
        Ok(cut)
    }

    /// Whether there may be files that are not known.
    fn has_changed(&mut self) -> bool {
        let changed = std::fs::metadata(&self.names.folder).and_then(|found| found.modified()).ok();
        let other = std::mem::replace(&mut self.looked, changed) != changed;
        // The time of a folder is no finer than a tick: what came just after a look has the same.
        let unsure = self.waits || changed.is_none_or(|at| is_fresh(Some(at)));
        let due = self.last.is_none_or(|last| last.elapsed() >= AGAIN);
        other || (unsure && due)
    }

    /// Whether another file stands at the one name: a link may lead to another without its folder changing.
    fn is_replaced(&self) -> io::Result<bool> {
        if self.names.several() {
            return Ok(false);
        }
        match std::fs::metadata(self.names.path()) {
            Ok(now) => Ok(now.is_file() && !self.is_open(Id::of(&now))),
            // Between the renaming of the old file and the making of the new there is none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn is_open(&self, id: Id) -> bool {
        self.files.iter().any(|file| file.id == id)
    }

    /// Opens what has come into the folder, the oldest first.
    fn look(&mut self) -> io::Result<()> {
        (self.last, self.waits) = (Some(Instant::now()), false);
        let candidates = self.candidates()?;
        let active: Vec<Id> = candidates
            .iter()
            .filter(|candidate| candidate.kind == Kind::Active)
            .map(|candidate| Id::of(&candidate.found))
            .collect();
        self.files.iter_mut().for_each(|file| file.active = active.contains(&file.id));
        for candidate in candidates {
            if !self.is_known(&candidate) {
                self.take(&candidate)?;
            }
        }
        // The rotated ones are read first, and stay in the order in which they came.
        self.files.sort_by_key(|file| file.active);
        Ok(())
    }

    fn is_known(&self, candidate: &Candidate) -> bool {
        let id = Id::of(&candidate.found);
        self.is_open(id) || self.done.get(&id) == Some(&state(&candidate.found))
    }

    /// Opens a file that is not known, unless it is a copy of what was read.
    fn take(&mut self, candidate: &Candidate) -> io::Result<()> {
        let file = match opened(&candidate.path) {
            Ok(Some(file)) => file,
            // It was renamed meanwhile, and is looked at under its new name.
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let packed = matches!(candidate.kind, Kind::Compressed(_));
        let (likeness, at) = self.likeness(&file, packed)?;
        if is_fresh(state(&candidate.found).1) && self.may_grow(likeness, at, (&file, packed)) {
            self.waits = true;
            return Ok(());
        }
        if likeness == Likeness::Begun {
            // It was cut off, and holds nothing that was not read.
            self.pass_over(candidate);
            return Ok(());
        }
        let active = candidate.kind == Kind::Active;
        (&file).seek(SeekFrom::Start(0))?;
        let followed = Followed::at_start(file, packed, active)?;
        let known = self.prints.get_mut(at).filter(|_| likeness == Likeness::Same);
        let followed = match known {
            Some((print, splitter)) => {
                let splitter = splitter.take().unwrap_or_default();
                followed.behind(print.clone(), splitter)?
            }
            None => followed,
        };
        self.files.push(followed);
        Ok(())
    }

    /// Whether a copy may still be in the making, or of a file that is not truncated yet: what is behind the
    /// place to which that one was read will be read there.
    fn may_grow(&self, likeness: Likeness, at: usize, (file, packed): (&File, bool)) -> bool {
        match likeness {
            Likeness::Begun => true,
            Likeness::Same => self.prints.get(at).is_some_and(|(print, _)| {
                self.files.iter().any(|file| file.active && file.print.is(print))
            }),
            Likeness::Other => packed && is_empty(file),
        }
    }

    /// What the content of a file is to those that are known, and to which: the one that was read furthest.
    fn likeness(&mut self, file: &File, packed: bool) -> io::Result<(Likeness, usize)> {
        self.remember_open();
        let mut best = (Likeness::Other, 0);
        let mut furthest = 0;
        for (at, (print, _)) in self.prints.iter().enumerate() {
            let mut copy = file.try_clone()?;
            copy.seek(SeekFrom::Start(0))?;
            let likeness = if packed {
                print.likeness(Whole(MultiGzDecoder::new(copy)))?
            } else {
                print.likeness_of(&mut copy)?
            };
            let better = match likeness {
                Likeness::Same => best.0 != Likeness::Same || print.offset() > furthest,
                Likeness::Begun => best.0 == Likeness::Other,
                Likeness::Other => false,
            };
            if better {
                (best, furthest) = ((likeness, at), print.offset());
            }
        }
        Ok(best)
    }

    /// Keeps what was read of the open files; what was known of them before is older.
    fn remember_open(&mut self) {
        let known = |print: &Print| self.prints.iter().any(|(known, _)| known.is(print));
        let prints = self.files.iter().map(|file| file.print.clone());
        let prints: Vec<Print> = prints.filter(|print| !known(print)).collect();
        for print in prints {
            self.remember(print, None);
        }
    }

    fn remember(&mut self, print: Print, splitter: Option<Splitter>) {
        if print.offset() == 0 {
            return;
        }
        self.prints.retain(|(known, _)| !known.is(&print));
        if self.prints.len() >= PRINTS {
            self.prints.pop_front();
        }
        self.prints.push_back((print, splitter));
    }

    fn pass_over(&mut self, candidate: &Candidate) {
        self.done.insert(Id::of(&candidate.found), state(&candidate.found));
    }

    /// Closes compressed files that are read, and the oldest rotated ones.
    fn close_old(&mut self) {
        let rotated = self.files.iter().filter(|file| !file.active).count();
        let mut surplus = rotated.saturating_sub(ROTATED);
        let mut closed = Vec::new();
        self.files.retain(|file| {
            let old = !file.active && surplus > 0;
            surplus -= usize::from(old);
            let over = old || file.is_over();
            if over {
                closed.push((file.id, file.state(), file.print.clone()));
            }
            !over
        });
        for (id, state, print) in closed {
            self.remember(print, None);
            self.done.extend(state.map(|state| (id, state)));
        }
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

/// Refuses what cannot be followed; opening a pipe would wait for its writer.
fn require(names: &Names) -> Result<(), SourceError> {
    let path = names.path();
    if names.several() {
        let folder = std::fs::metadata(&names.folder).is_ok_and(|found| found.is_dir());
        return folder
            .then_some(())
            .ok_or_else(|| SourceError::NoFolder { folder: names.folder.clone(), path });
    }
    match std::fs::metadata(&path) {
        Ok(found) if found.is_file() => {
            File::open(&path).map(drop).map_err(|source| SourceError::File { path, source })
        }
        Ok(_) => Err(SourceError::NotAFile(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SourceError::Missing(path)),
        Err(source) => Err(SourceError::File { path, source }),
    }
}

#[cfg(test)]
mod rotation;
#[cfg(test)]
mod tests;
