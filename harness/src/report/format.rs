//! The one place where the format of a report file is chosen and written. Knows no format's inside.

use super::model::Report;
use super::{json, junit, snapshot};
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// A format in which a report is written to a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// `schemas/report.schema.json`.
    Json,
    /// JUnit XML.
    Junit,
    /// The stable text that a snapshot keeps.
    Snapshot,
}

/// The report as the text of a file.
///
/// # Errors
///
/// When a writer fails ([`ErrorKind::InvalidData`]); all of them write to memory.
pub fn render(format: Format, report: &Report) -> Result<String> {
    match format {
        Format::Json => json::render(report).map_err(Error::from),
        Format::Junit => {
            junit::render(report).map_err(|error| Error::new(ErrorKind::InvalidData, error))
        }
        Format::Snapshot => Ok(snapshot::render(report)),
    }
}

/// Writes the report to `path`, whose parent directory must exist; a file there is replaced.
///
/// # Errors
///
/// When the file cannot be written; the message names the path.
pub fn write(format: Format, report: &Report, path: &Path) -> Result<()> {
    render(format, report)
        .and_then(|text| std::fs::write(path, text))
        .map_err(|error| named(&error, path))
}

fn named(error: &Error, path: &Path) -> Error {
    Error::new(error.kind(), format!("cannot write report `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn each_format_is_written_as_it_is_rendered() {
        let directory = tempfile::tempdir().unwrap();
        let report = sample::full();
        for (format, beginning) in [
            (Format::Json, "{\n"),
            (Format::Junit, "<?xml"),
            (Format::Snapshot, "profile litellm\n"),
        ] {
            let path = directory.path().join(format!("{format:?}"));
            write(format, &report, &path).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with(beginning), "{text}");
            assert_eq!(text, render(format, &report).unwrap());
        }
    }

    #[test]
    fn an_error_names_the_path() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("missing").join("report.json");
        let error = write(Format::Json, &sample::empty(), &path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains(&path.display().to_string()));
    }
}
