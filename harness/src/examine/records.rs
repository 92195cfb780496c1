//! Where the records of a run come from.

use super::ExamineError;
use super::subject::{Place, Subject};
use crate::oracle::secrets::Secrets;
use crate::plan::{Settings, UsageError};
use crate::runner::log::Log;
use crate::source::{Access, Locator, Source};
use crate::target::world::World;
use crate::transport::endpoint::Endpoint;

/// An open source with its name.
type Named = (Source, String);

/// Opens the audit sources: those named, or else one that the profile knows of. Without any, a
/// sentence says why the audited checks do not apply.
pub(crate) async fn open_sources(
    settings: &Settings,
    subject: &Subject,
    world: &World,
) -> Result<(Vec<Named>, Option<String>), ExamineError> {
    let headers: Vec<_> = world.given.iter().map(|given| given.header.clone()).collect();
    let access = Access { headers: &headers, profile: Some(&settings.profile) };
    match subject.audit.as_slice() {
        [Locator::None] => Ok((Vec::new(), Some("--audit none".to_owned()))),
        [] => match &subject.place {
            Place::Url(endpoint) => Ok(default_source(settings, endpoint, access).await),
            Place::Command(_) => Ok((Vec::new(), Some(NO_SOURCE.to_owned()))),
        },
        named => {
            let mut sources = Vec::new();
            for locator in named {
                sources.push(open(locator, access).await?);
            }
            Ok((sources, None))
        }
    }
}

async fn open(locator: &Locator, access: Access<'_>) -> Result<Named, ExamineError> {
    match Source::open(locator, access).await {
        Ok(source) => {
            let name = source.name(locator);
            Ok((source, name))
        }
        Err(error) if error.is_usage() => Err(UsageError(format!("--audit: {error}")).into()),
        Err(error) => Err(ExamineError::Untestable(format!("--audit: {error}"))),
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
) -> (Vec<Named>, Option<String>) {
    let target = endpoint.to_string();
    for text in &settings.profile.default_sources {
        let Ok(locator) = Locator::relative_to(text, &target) else { continue };
        if let Ok(source) = Source::open(&locator, access).await {
            return (vec![(source, locator.to_string())], None);
        }
    }
    let tried = settings.profile.default_sources.join(", ");
    let tried = if tried.is_empty() { String::new() } else { format!(" (tried {tried})") };
    (Vec::new(), Some(format!("no audit records were found{tried}; give --audit LOCATOR")))
}
