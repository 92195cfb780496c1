//! What stands in the folder: the files whose names are ours.

use std::fs::Metadata;
use std::io;
use std::path::PathBuf;

use super::names::Kind;
use super::whole::state;
use super::{Candidate, JsonlSource};

impl JsonlSource {
    /// The files of the folder that are ours, the oldest first.
    pub(super) fn candidates(&self) -> io::Result<Vec<Candidate>> {
        let mut found = match std::fs::read_dir(&self.names.folder) {
            Ok(entries) => entries.flatten().filter_map(|it| self.candidate(it.path())).collect(),
            // The folder may allow nobody to list it, and the file be readable.
            Err(_) if !self.names.several() => Vec::new(),
            Err(error) => return Err(error),
        };
        if !self.names.several() && !found.iter().any(|it: &Candidate| it.kind == Kind::Active) {
            found.extend(self.candidate(self.names.path()));
        }
        // Times may be the same: then the numbers count, and then the names, which often hold a date.
        let age = |it: &Candidate| {
            (it.kind == Kind::Active, state(&it.found).1, it.kind.rank(), it.path.clone())
        };
        found.sort_by_key(age);
        Ok(found)
    }

    fn candidate(&self, path: PathBuf) -> Option<Candidate> {
        let kind = self.names.kind(path.file_name()?.to_str()?)?;
        let found = std::fs::metadata(&path).ok().filter(Metadata::is_file)?;
        Some(Candidate { path, kind, found })
    }
}
