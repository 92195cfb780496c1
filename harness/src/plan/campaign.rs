//! What a campaign of fuzzing may spend, and where it keeps what it finds.

use std::path::PathBuf;
use std::time::Duration;

use super::{Settings, UsageError, catalogue, duration, output, usage};
use crate::cli::Fuzz;

/// What a campaign may spend.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Time in all.
    pub time: Duration,
    /// Findings after which it ends.
    pub findings: Option<usize>,
    /// Folder of its inputs and findings.
    pub folder: PathBuf,
    /// Shell command that starts the target again.
    pub restart: Option<String>,
}

/// Reads the command line of a campaign.
///
/// # Errors
/// [`UsageError`] for the first mistake.
pub fn read(fuzz: &Fuzz) -> Result<(Settings, Budget), UsageError> {
    let time = duration("--time", &fuzz.time)?;
    if fuzz.findings == Some(0) {
        return usage("--findings 0: give at least 1, or leave it out to go on to the end");
    }
    if fuzz.restart.is_some() && fuzz.aim.target.is_none() {
        return usage("--restart starts a target again: name it with --target URL");
    }
    if fuzz.corpus.exists() && !fuzz.corpus.is_dir() {
        return usage(format!("--corpus {} is no folder", fuzz.corpus.display()));
    }
    output::report(&fuzz.report_json)?;
    let mut settings = Settings::aimed(&fuzz.aim, catalogue(None)?)?;
    settings.cases.clear();
    let budget = Budget {
        time,
        findings: fuzz.findings,
        folder: fuzz.corpus.clone(),
        restart: fuzz.restart.clone(),
    };
    Ok((settings, budget))
}
