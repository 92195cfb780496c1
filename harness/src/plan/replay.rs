//! Case files that are sent once, or made cases.

use std::path::{Path, PathBuf};

use super::{Settings, UsageError, catalogue, usage};
use crate::campaign::corpus::read_file;
use crate::cli::{Promote, Replay};

/// Reads the command line that sends files again.
///
/// # Errors
/// [`UsageError`] for the first mistake; of a file with the line.
pub fn read(replay: &Replay) -> Result<Settings, UsageError> {
    let catalogue = catalogue(None)?;
    let read = |path: &PathBuf| {
        read_file(path, &catalogue.requirements).map_err(|error| UsageError(error.to_string()))
    };
    let cases = replay.files.iter().map(read).collect::<Result<_, _>>()?;
    let mut settings = Settings::aimed(&replay.aim, catalogue)?;
    settings.cases = cases;
    Ok(settings)
}

/// Copies findings to the folder of a catalogue; returns the new files.
///
/// # Errors
/// [`UsageError`] for a file that is no case, a name that is taken, or a folder that cannot be written.
pub fn promote(promote: &Promote) -> Result<Vec<PathBuf>, UsageError> {
    let requirements = catalogue(None)?.requirements;
    let mut pairs = Vec::new();
    for file in &promote.files {
        read_file(file, &requirements).map_err(|error| UsageError(error.to_string()))?;
        let to = promote.to.join(name(file));
        if to.exists() {
            return usage(format!("{} exists: rename one of the two", to.display()));
        }
        pairs.push((promoted(file)?, to));
    }
    let failed = |path: &Path, error| UsageError(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(&promote.to).map_err(|error| failed(&promote.to, error))?;
    for (text, to) in &pairs {
        std::fs::write(to, text).map_err(|error| failed(to, error))?;
    }
    Ok(pairs.into_iter().map(|(_, to)| to).collect())
}

/// A finding without what was sent and received at the time: of its comment only the first line stays,
/// which says what is wrong.
fn promoted(file: &Path) -> Result<String, UsageError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| UsageError(format!("{}: {error}", file.display())))?;
    let is_comment = |line: &&str| line.starts_with('#');
    let first = text.lines().take(1).filter(is_comment);
    let rest = text.lines().skip_while(is_comment);
    Ok(first.chain(rest).flat_map(|line| [line, "\n"]).collect())
}

/// The name of a case file: dots separate nothing in the id of a case.
fn name(file: &Path) -> String {
    let stem =
        file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    format!("{}.toml", stem.replace('.', "-"))
}
