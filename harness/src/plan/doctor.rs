//! What a diagnosis is told.

use super::{Settings, UsageError, catalogue, usage};
use crate::cli::Doctor;
use crate::doctor::PublicOrigin;

/// Reads the command line of a diagnosis.
///
/// # Errors
/// [`UsageError`] for the first mistake.
pub fn read(doctor: &Doctor) -> Result<(Settings, Option<PublicOrigin>), UsageError> {
    if doctor.aim.stdio.is_some() {
        return usage("doctor diagnoses a target over HTTP: give --target URL, not --stdio");
    }
    if doctor.aim.log.is_some() {
        return usage("doctor reads no log: leave --log out");
    }
    let public = doctor.public_origin.as_deref().map(public_origin).transpose()?;
    let mut settings = Settings::aimed(&doctor.aim, catalogue(None)?)?;
    settings.cases.clear();
    Ok((settings, public))
}

/// The text is not repeated: a URL may hold a password.
fn public_origin(text: &str) -> Result<PublicOrigin, UsageError> {
    PublicOrigin::parse(text, true).ok_or_else(|| {
        UsageError(
            "--public-origin: give scheme, host and port alone, for example https://gateway.example"
                .to_owned(),
        )
    })
}
