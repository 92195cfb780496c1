//! `--set NAME=VALUE`, over what the profile sets.

use super::{UsageError, usage};
use crate::audit::profile::Profile;
use crate::case::switch::Switches;

/// The switches of the profile, then those of the command line in order: the last word counts.
///
/// # Errors
/// [`UsageError`] for what is no assignment, or for a name or value that nobody knows.
pub(super) fn read(profile: &Profile, texts: &[String]) -> Result<Switches, UsageError> {
    let wrong = |flag: String| move |error| UsageError(format!("{flag}: {error}"));
    let mut switches =
        profile.set_switches().map_err(wrong(format!("--profile {}", profile.name)))?;
    for text in texts {
        let Some((name, value)) = text.split_once('=') else {
            return usage(format!(
                "--set {text}: write it as NAME=VALUE; `mcp-gauntlet list --switches` prints them"
            ));
        };
        switches.set(name.trim(), value.trim()).map_err(wrong(format!("--set {text}")))?;
    }
    Ok(switches)
}
