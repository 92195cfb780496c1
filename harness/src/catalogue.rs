//! The catalogue: every case file, found by its path. Finding the file is the registration.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::case::Case;
use crate::case::file::{self, CaseError};
use crate::case::requirement::{self, Requirements};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/cases.rs"));
}

/// Requirements stand in one file of this name, or in several below a folder of the other.
const REQUIREMENTS: [&str; 2] = ["requirements.toml", "requirements/"];

fn holds_requirements(path: &str) -> bool {
    let [file, folder] = REQUIREMENTS;
    path == file || path.starts_with(folder)
}

/// All cases with their requirements.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The cases in order of their ids.
    pub cases: Vec<Case>,
    /// The requirements by id.
    pub requirements: Requirements,
    /// `sha256:` and the digest of all files, names included.
    pub digest: String,
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file of it is wrong.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A file of it cannot be read.
    #[error("cannot read {0}: {1}; give --cases a folder with requirements.toml and case files")]
    Unreadable(PathBuf, std::io::Error),
    /// A folder without a single case.
    #[error("no case file in {0}; a case is a .toml file beside or below requirements.toml")]
    Empty(PathBuf),
}

impl Catalogue {
    /// The catalogue that was built in.
    ///
    /// # Errors
    /// When a case file was wrong at build time; a test refuses that.
    pub fn built_in() -> Result<Self, CatalogueError> {
        let files = embedded::FILES.iter();
        Self::from_files(
            files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
            "cases",
        )
    }

    /// A catalogue from a folder.
    ///
    /// # Errors
    /// When a file cannot be read or is wrong, or when there is no case.
    pub fn read(folder: &Path) -> Result<Self, CatalogueError> {
        let mut files = Vec::new();
        collect(folder, folder, &mut files)?;
        let catalogue = Self::from_files(files.into_iter(), &folder.display().to_string())?;
        if catalogue.cases.is_empty() {
            return Err(CatalogueError::Empty(folder.to_owned()));
        }
        Ok(catalogue)
    }

    fn from_files(
        files: impl Iterator<Item = (String, String)>,
        folder: &str,
    ) -> Result<Self, CatalogueError> {
        let files: BTreeMap<String, String> = files.collect();
        let origin = |path: &str| format!("{folder}/{path}");
        let mut requirements = Requirements::new();
        for (path, text) in files.iter().filter(|(path, _)| holds_requirements(path)) {
            requirement::read(text, &origin(path), &mut requirements)?;
        }
        let mut cases = Vec::new();
        for (path, text) in files.iter().filter(|(path, _)| !holds_requirements(path)) {
            let id = path.trim_end_matches(".toml");
            cases.push(file::parse(text, id, &origin(path), &requirements)?);
        }
        Ok(Self { cases, requirements, digest: digest(&files) })
    }
}

fn digest(files: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (path, text) in files {
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn collect(
    root: &Path,
    folder: &Path,
    files: &mut Vec<(String, String)>,
) -> Result<(), CatalogueError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| CatalogueError::Unreadable(path, error)
    };
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            files.push((name.replace('\\', "/"), text));
        }
    }
    Ok(())
}
