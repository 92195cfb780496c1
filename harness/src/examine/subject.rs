//! The target of a run: what was named, or the gateway that is started for it.

#[cfg(feature = "reference")]
use std::net::Ipv4Addr;
use std::net::SocketAddr;

use super::ExamineError;
use crate::plan::{Settings, UsageError};
use crate::runner::headers::GivenHeader;
use crate::runner::probe::AllowedTool;
use crate::source::{Locator, LocatorError};
#[cfg(feature = "reference")]
use crate::target::reference::{self, Reference};
use crate::transport::endpoint::Endpoint;
use crate::transport::stdio::Launcher;
use crate::upstream::Upstream;

/// The target of a run, with what belongs to it.
pub(crate) struct Subject {
    pub(crate) place: Place,
    /// What the report calls it.
    pub(super) name: String,
    /// URL, or command line, that reproductions name.
    pub(super) url: String,
    pub(crate) headers: Vec<GivenHeader>,
    pub(crate) tools: Vec<AllowedTool>,
    /// Where its records are; empty where nobody said.
    pub(super) audit: Vec<Locator>,
    pub(super) log: Option<Locator>,
    pub(super) notes: Vec<String>,
    /// Our own upstream, where it serves.
    pub(super) own: Option<Upstream>,
    #[cfg(feature = "reference")]
    reference: Option<Reference>,
}

/// Where a target is.
pub(crate) enum Place {
    Url(Endpoint),
    Command(Launcher),
}

impl Subject {
    /// What the report calls it.
    pub(crate) fn shown(&self) -> String {
        self.name.clone()
    }

    /// Stops what was started for the run.
    pub(crate) async fn stop(self) {
        #[cfg(feature = "reference")]
        if let Some(reference) = self.reference {
            reference.stop().await;
        }
    }
}

/// The target of the settings, or the built-in gateway with their faults planted.
pub(crate) async fn subject(settings: &Settings) -> Result<Subject, ExamineError> {
    let place = match (&settings.target, &settings.stdio) {
        (Some(endpoint), _) => Place::Url(endpoint.clone()),
        (None, Some(launcher)) => Place::Command(launcher.clone()),
        (None, None) => return built_in(settings).await,
    };
    let mut notes = Vec::new();
    if settings.tools.is_empty() {
        notes.push(
            "no tool of the target is called; name harmless ones with --call-tool NAME (one that \
             works, one that answers isError, one whose upstream is down) to test calls too"
                .to_owned(),
        );
    }
    let name = match &place {
        Place::Url(endpoint) => endpoint.to_string(),
        Place::Command(launcher) => launcher.text().to_owned(),
    };
    let own = match settings.upstream {
        Some(address) => Some(own_upstream(address).await?),
        None => None,
    };
    let audit = resolved(&settings.audit, &name)?;
    Ok(Subject {
        own,
        url: name.clone(),
        name,
        place,
        headers: settings.headers.clone(),
        tools: settings.tools.clone(),
        audit,
        log: settings.log.clone(),
        notes,
        #[cfg(feature = "reference")]
        reference: None,
    })
}

/// Our own upstream at the address of the command line.
pub(super) async fn own_upstream(address: SocketAddr) -> Result<Upstream, UsageError> {
    Upstream::bind(address).await.map_err(|error| {
        UsageError(format!("--upstream {address}: {error}; give an address that is free"))
    })
}

/// Where the built-in gateway finds our receiver of records, if they are to be delivered to one.
#[cfg(feature = "reference")]
fn webhook(audit: &[Locator]) -> Result<Option<url::Url>, UsageError> {
    let address = |locator: &'_ Locator| match locator {
        Locator::Webhook(address) => Some(address.clone()),
        _ => None,
    };
    let Some(address) = audit.iter().find_map(address) else { return Ok(None) };
    if address.ends_with(":0") {
        return Err(UsageError(format!(
            "--audit webhook:{address}: give a port, which the built-in gateway has to know"
        )));
    }
    let url = format!("http://{address}/").parse();
    url.map(Some).map_err(|error| UsageError(format!("--audit webhook:{address}: {error}")))
}

#[cfg(feature = "reference")]
async fn built_in(settings: &Settings) -> Result<Subject, ExamineError> {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let own = own_upstream(settings.upstream.unwrap_or(free)).await?;
    let webhook = webhook(&settings.audit)?;
    let started = Reference::start(&settings.faults, Some(&own.url()), webhook).await;
    let reference = started.map_err(|error| match error {
        reference::ReferenceError::Fault(_) => ExamineError::Usage(UsageError(error.to_string())),
        reference::ReferenceError::Start(_) => ExamineError::Internal(error.to_string()),
    })?;
    let endpoint = Endpoint::parse(&reference.url())
        .map_err(|error| ExamineError::Internal(format!("the built-in gateway's URL: {error}")))?;
    let mut headers = settings.headers.clone();
    headers.push(reference.credentials.clone());
    let mut tools = settings.tools.clone();
    tools.push(reference::dead_tool());
    let audit = built_in_audit(settings, &reference, &endpoint)?;
    let log = settings.log.clone().or_else(|| Some(Locator::Jsonl(reference.log_file())));
    Ok(Subject {
        own: Some(own),
        place: Place::Url(endpoint),
        name: "reference".to_owned(),
        url: reference::BY_HAND.to_owned(),
        headers,
        tools,
        audit,
        log,
        notes: vec![format!(
            "to try a line by hand, start: {} (for the cases below upstream/ first: {})",
            reference::BY_HAND_COMMAND,
            reference::UPSTREAM_BY_HAND
        )],
        reference: Some(reference),
    })
}

/// The file of the built-in gateway, and what was named beside it.
#[cfg(feature = "reference")]
fn built_in_audit(
    settings: &Settings,
    reference: &Reference,
    endpoint: &Endpoint,
) -> Result<Vec<Locator>, UsageError> {
    let named = resolved(&settings.audit, &endpoint.to_string())?;
    if named == [Locator::None] {
        return Ok(named);
    }
    Ok(std::iter::once(Locator::Jsonl(reference.audit_file())).chain(named).collect())
}

/// The locators with paths on the target made whole.
fn resolved(named: &[Locator], target: &str) -> Result<Vec<Locator>, UsageError> {
    let whole = |locator: &Locator| locator.on(target);
    let whole: Result<_, _> = named.iter().map(whole).collect();
    whole.map_err(|error: LocatorError| UsageError(format!("--audit: {error}")))
}

#[cfg(not(feature = "reference"))]
async fn built_in(_: &Settings) -> Result<Subject, ExamineError> {
    Err(UsageError("this build has no reference gateway: give --target URL".to_owned()).into())
}
