//! Whether a file, or a packed copy of one, is whole, and has changed.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, SystemTime};

use flate2::read::MultiGzDecoder;

/// How long a folder or a copy may have changed without its time showing it.
const FRESH: Duration = Duration::from_secs(2);

/// Length and time of change.
pub(super) fn state(found: &Metadata) -> (u64, Option<SystemTime>) {
    (found.len(), found.modified().ok())
}

/// Whether a time of change is so near that more may come under the same.
pub(super) fn is_fresh(at: Option<SystemTime>) -> bool {
    at.is_none_or(|at| at.elapsed().unwrap_or_default() < FRESH)
}

/// Whether nothing can be unpacked yet.
pub(super) fn is_empty(file: &File) -> bool {
    let first = file.try_clone().and_then(|mut file| {
        file.seek(SeekFrom::Start(0))?;
        let count = MultiGzDecoder::new(&file).read(&mut [0])?;
        file.seek(SeekFrom::Start(0))?;
        Ok(count)
    });
    !matches!(first, Ok(1..))
}

/// Unpacks until it cannot: what is not whole ends there.
pub(super) struct Whole(pub(super) MultiGzDecoder<File>);

impl Read for Whole {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        Ok(self.0.read(room).unwrap_or(0))
    }
}
