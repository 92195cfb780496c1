//! Compares a text with the snapshot that is kept of it, in insta's file format, and leaves a
//! pending one for review. Knows nothing of reports.
//!
//! The kept file is read by insta itself ([`insta::Snapshot::from_file`]), and what is written is
//! what `cargo insta review` reads. insta's assertion macros are not used: they ask `cargo metadata`
//! for a workspace that an installed binary does not have, print to standard output, and report a
//! difference by a panic, which could only be silenced by a hook that is global to the process.

use insta::Snapshot;
use similar::TextDiff;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Lines of context around a difference.
const CONTEXT: usize = 3;

/// After this time a difference is described less exactly.
const DIFF_TIME: Duration = Duration::from_secs(2);

/// How a text compares with its snapshot.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SnapshotOutcome {
    /// It is what was kept.
    Unchanged,
    /// Nothing was kept under this name.
    New,
    /// It is not what was kept.
    Drifted {
        /// A unified diff from what was kept to what is.
        diff: String,
    },
}

/// Why a comparison could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The kept file is there, but is no text snapshot.
    #[error("cannot read snapshot `{}`: {reason}", path.display())]
    Read {
        /// The kept file.
        path: PathBuf,
        /// What insta says.
        reason: String,
    },
    /// The pending file could not be written.
    #[error("cannot write snapshot `{}`: {source}", path.display())]
    Write {
        /// The pending file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Whether a pending snapshot is left for review.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pending {
    Written,
    Withheld,
}

/// Compares `text` with `DIR/NAME.snap` (a `/` in the name becomes `__`, as insta has it), without
/// regard to white space at the ends. A new or drifted text is left as `DIR/NAME.snap.new` for
/// `cargo insta review`; an unchanged one removes such a file. With `INSTA_UPDATE=no` or in CI
/// (`CI`, `TF_BUILD`) no file is touched.
///
/// # Errors
///
/// When the kept file is no text snapshot, or the pending one cannot be written.
pub fn compare(name: &str, dir: &Path, text: &str) -> Result<SnapshotOutcome, SnapshotError> {
    compare_with(name, dir, text, pending(|name| std::env::var(name).ok()))
}

/// What the environment wants, by the same variables as insta.
fn pending(variable: impl Fn(&str) -> Option<String>) -> Pending {
    let ci = variable("CI").map_or_else(
        || variable("TF_BUILD").is_some(),
        |value| !matches!(value.as_str(), "" | "0" | "false"),
    );
    match variable("INSTA_UPDATE").as_deref() {
        Some("no") => Pending::Withheld,
        _ if ci => Pending::Withheld,
        _ => Pending::Written,
    }
}

fn compare_with(
    name: &str,
    dir: &Path,
    text: &str,
    pending: Pending,
) -> Result<SnapshotOutcome, SnapshotError> {
    let name = format!("{}.snap", name.replace(['/', '\\'], "__"));
    let path = dir.join(&name);
    let outcome = match kept(&path)? {
        None => SnapshotOutcome::New,
        Some(kept) if kept.trim() == text.trim() => SnapshotOutcome::Unchanged,
        Some(kept) => SnapshotOutcome::Drifted { diff: diff(&kept, text, &name) },
    };
    if pending == Pending::Written {
        let path = dir.join(format!("{name}.new"));
        let done = match outcome {
            SnapshotOutcome::Unchanged => forget(&path),
            SnapshotOutcome::New | SnapshotOutcome::Drifted { .. } => leave(&path, text),
        };
        done.map_err(|source| SnapshotError::Write { path, source })?;
    }
    Ok(outcome)
}

/// The text that is kept; none when there is no file.
fn kept(path: &Path) -> Result<Option<String>, SnapshotError> {
    let unreadable = |reason| SnapshotError::Read { path: path.to_owned(), reason };
    if !path.try_exists().map_err(|error| unreadable(error.to_string()))? {
        return Ok(None);
    }
    let snapshot = Snapshot::from_file(path).map_err(|error| unreadable(error.to_string()))?;
    let text = snapshot.as_text().ok_or_else(|| unreadable("not a text snapshot".to_owned()))?;
    Ok(Some(text.to_string()))
}

fn diff(kept: &str, text: &str, name: &str) -> String {
    // Both end in one line feed, so that no hint on a missing one disturbs the reader.
    let (kept, text) = (format!("{}\n", kept.trim()), format!("{}\n", text.trim()));
    let diff = TextDiff::configure().timeout(DIFF_TIME).diff_lines(&kept, &text);
    diff.unified_diff().context_radius(CONTEXT).header(name, "this run").to_string()
}

/// Writes a pending snapshot with the header that insta's files have.
fn leave(path: &Path, text: &str) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::write(path, format!("---\nsource: mcp-gauntlet\n---\n{}\n", text.trim()))
}

fn forget(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
