//! Files that the run will write: what can be told before is told before the target is troubled.

use std::path::{Path, PathBuf};

use super::{UsageError, usage};
use crate::cli::Cli;

/// Refuses a file that cannot be written, and two reports in one file.
///
/// # Errors
/// [`UsageError`] for the first.
pub(super) fn check(cli: &Cli) -> Result<(), UsageError> {
    let files = [("--report-json", &cli.report_json), ("--report-junit", &cli.report_junit)];
    for (flag, path) in files {
        path.as_deref().map_or(Ok(()), |path| file(flag, path))?;
    }
    match (&cli.report_json, &cli.report_junit) {
        (Some(json), Some(junit)) if json == junit => usage(format!(
            "--report-json and --report-junit both name {}: give two files",
            json.display()
        )),
        _ => Ok(()),
    }
}

/// Refuses a JSON report that cannot be written.
///
/// # Errors
/// [`UsageError`] when so.
pub(super) fn report(path: &Option<PathBuf>) -> Result<(), UsageError> {
    path.as_deref().map_or(Ok(()), |path| file("--report-json", path))
}

fn file(flag: &str, path: &Path) -> Result<(), UsageError> {
    let shown = path.display();
    if path.is_dir() {
        return usage(format!("{flag} {shown} is a folder: name a file in it"));
    }
    // The parent of a mere name is the empty path, which stands for the present folder.
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() => {
            usage(format!("{flag} {shown}: there is no folder {}; make it first", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_needs_a_folder_and_a_name_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        assert!(file("--x", &folder.path().join("report.json")).is_ok());
        assert!(file("--x", Path::new("report.json")).is_ok());
        for wrong in [folder.path().to_owned(), folder.path().join("missing/report.json")] {
            let error = file("--x", &wrong).unwrap_err().to_string();
            assert!(error.starts_with("--x ") && error.contains("folder"), "{error}");
        }
        let line = ["mcp-gauntlet", "--report-json", "same", "--report-junit", "same"];
        assert!(check(&<Cli as clap::Parser>::parse_from(line)).is_err());
    }
}
