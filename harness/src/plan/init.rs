//! What the first look at a target's records is told.

use std::path::Path;

use super::{Settings, UsageError, catalogue, duration, usage};
use crate::cli::Init;
use crate::init::Order;

/// Reads the command line of a first look.
///
/// # Errors
/// [`UsageError`] for the first mistake.
pub fn read(init: &Init) -> Result<(Settings, Order), UsageError> {
    if init.aim.log.is_some() {
        return usage("init reads no log: leave --log out");
    }
    if init.aim.audit.len() > 1 {
        return usage("init drafts from one source: leave the other --audit out");
    }
    if init.aim.target.is_some() || init.aim.stdio.is_some() {
        match init.aim.audit.as_slice() {
            [] => {
                return usage(
                    "init looks at records: give --audit LOCATOR of those that the target writes",
                );
            }
            [one] if one == "none" => return usage("init looks at records: --audit none has none"),
            _ => {}
        }
    }
    refuse_existing(&init.profile_out)?;
    let order = Order { name: name(&init.profile_out), wait: duration("--wait", &init.wait)? };
    let mut settings = Settings::aimed(&init.aim, catalogue(None)?)?;
    settings.cases.clear();
    Ok((settings, order))
}

fn refuse_existing(path: &Path) -> Result<(), UsageError> {
    match path.symlink_metadata() {
        Ok(_) => usage(format!(
            "--profile-out {}: it exists and is not overwritten; give another path",
            path.display()
        )),
        Err(_) => Ok(()),
    }
}

/// The file's name without its extension.
fn name(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    stem.filter(|stem| !stem.is_empty()).unwrap_or_else(|| "draft".to_owned())
}
