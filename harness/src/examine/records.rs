//! Where the records of a run come from.

use super::ExamineError;
use super::subject::{Place, Subject};
use crate::oracle::secrets::Secrets;
use crate::plan::{Settings, UsageError};
use crate::runner::log::Log;
use crate::source::{Access, Locator, Source};
use crate::target::world::World;
use crate::transport::endpoint::Endpoint;

/// Opens the audit source: the one named, or else one that the profile knows of. Without one, a
/// sentence says why the audited checks do not apply.
pub(crate) async fn open_source(
    settings: &Settings,
    subject: &Subject,
    world: &World,
) -> Result<(Option<(Source, String)>, Option<String>), ExamineError> {
    let headers: Vec<_> = world.given.iter().map(|given| given.header.clone()).collect();
    let access = Access { headers: &headers, profile: Some(&settings.profile) };
    match &subject.audit {
        Some(Locator::None) => Ok((None, Some("--audit none".to_owned()))),
        Some(locator) => match Source::open(locator, access).await {
            Ok(source) => {
                let name = source.name(locator);
                Ok((Some((source, name)), None))
            }
            Err(error) if error.is_usage() => Err(UsageError(format!("--audit: {error}")).into()),
            Err(error) => Err(ExamineError::Untestable(format!("--audit: {error}"))),
        },
        None => match &subject.place {
            Place::Url(endpoint) => Ok(default_source(settings, endpoint, access).await),
            Place::Command(_) => Ok((None, Some(NO_SOURCE.to_owned()))),
        },
    }
}

/// Opens the target's own log, where one is named.
pub(super) async fn open_log(
    subject: &Subject,
    secrets: Secrets,
) -> Result<Option<Log>, ExamineError> {
    let Some(locator) = &subject.log else { return Ok(None) };
    match Log::open(locator, secrets).await {
        Ok(log) => Ok(Some(log)),
        Err(error) if error.is_usage() => Err(UsageError(format!("--log: {error}")).into()),
        Err(error) => Err(ExamineError::Untestable(format!("--log: {error}"))),
    }
}

/// A process has no address at which its records could be asked for.
const NO_SOURCE: &str = "no audit records are looked for over stdio; give --audit LOCATOR";

async fn default_source(
    settings: &Settings,
    endpoint: &Endpoint,
    access: Access<'_>,
) -> (Option<(Source, String)>, Option<String>) {
    let target = endpoint.to_string();
    for text in &settings.profile.default_sources {
        let Ok(locator) = Locator::relative_to(text, &target) else { continue };
        if let Ok(source) = Source::open(&locator, access).await {
            return (Some((source, locator.to_string())), None);
        }
    }
    let tried = settings.profile.default_sources.join(", ");
    let tried = if tried.is_empty() { String::new() } else { format!(" (tried {tried})") };
    (None, Some(format!("no audit records were found{tried}; give --audit LOCATOR")))
}
