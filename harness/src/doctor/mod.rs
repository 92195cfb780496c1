//! The diagnosis of a target: which hop fails, what that means and what to do. Prints nothing.
//!
//! Probing ([`reach`], [`serve`], [`web`]) and judging ([`judge`]) are apart. A step that makes no sense
//! after one that failed is not taken.

mod answer;
mod judge;
mod reach;
mod serve;
mod step;
mod web;

pub use judge::origin::PublicOrigin;
pub use step::{Finding, Outcome, Step};

use crate::examine::{ExamineError, Place, Subject, advice, open_sources, subject, world};
use crate::oracle::secrets::Secrets;
use crate::plan::{Settings, UsageError};
use crate::runner::headers::GivenHeader;
use crate::source::Source;
use crate::target::world::{Own, World};
use crate::transport::endpoint::Endpoint;
use crate::wire::delivery::End;
use crate::wire::envelope::Header;
use crate::wire::revision::Revision;
use answer::Answer;
use judge::{debug, metadata, reach as judge_reach, redirect, serve as judge_serve};
use serve::Visit;
use step::Findings;
use web::Web;

/// What was found at each step.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The target, without what may be secret in its URL.
    pub target: String,
    /// What clients call it, without a slash at the end.
    pub public_origin: String,
    /// One finding for each of [`Step::ALL`], in order.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// The steps that went so.
    pub fn steps(&self, outcome: Outcome) -> impl Iterator<Item = Step> + '_ {
        self.findings.iter().filter(move |it| it.outcome == outcome).map(|finding| finding.step)
    }

    /// The first step that failed.
    #[must_use]
    pub fn first_failed(&self) -> Option<Step> {
        self.steps(Outcome::Fail).next()
    }
}

/// Diagnoses the target of the settings, or the built-in gateway. Without a public origin, that of the
/// target's URL counts.
///
/// # Errors
/// [`ExamineError`] where there is nothing that could be diagnosed.
pub async fn diagnose(
    settings: &Settings,
    public: Option<PublicOrigin>,
) -> Result<Diagnosis, ExamineError> {
    let mut subject = subject(settings).await?;
    let endpoint = match &subject.place {
        Place::Url(endpoint) => endpoint.clone(),
        Place::Command(_) => {
            let told = "doctor diagnoses a target over HTTP: give --target URL, not --stdio";
            return Err(UsageError(told.to_owned()).into());
        }
    };
    let own = || PublicOrigin::parse(&endpoint.origin(), false);
    let public = public.or_else(own).ok_or_else(|| {
        ExamineError::Internal("the origin of the target's URL cannot be read".to_owned())
    })?;
    let mut findings = Findings::new(secrets(&subject.headers, &endpoint));
    subject.headers.push(asking());
    let patient = Patient { settings, subject: &subject, endpoint: &endpoint, public: &public };
    let taken = patient.take(&mut findings).await;
    subject.stop().await;
    taken?;
    Ok(Diagnosis {
        target: format!("{}{}", endpoint.origin(), bare_path(&endpoint)),
        public_origin: public.as_str().to_owned(),
        findings: findings.close(),
    })
}

/// Asks for the debug headers, with every message.
fn asking() -> GivenHeader {
    let (name, value) = ("x-litellm-mcp-debug", "true");
    GivenHeader { header: Header::new(name, value), printable: format!("{name}: {value}") }
}

/// The path of the target's URL: its query may hold a key.
fn bare_path(endpoint: &Endpoint) -> &str {
    endpoint.path().split('?').next().unwrap_or_default()
}

/// Texts that are never shown: the credentials, and what stands in the query of the URL.
fn secrets(headers: &[GivenHeader], endpoint: &Endpoint) -> Vec<String> {
    let query = endpoint.path().split_once('?').map(|(_, query)| query).unwrap_or_default();
    let values = url::form_urlencoded::parse(query.as_bytes());
    let values = values.map(|(_, value)| value.into_owned()).filter(|value| value.len() >= 6);
    let whole = Some(query.to_owned()).filter(|query| query.len() >= 6);
    headers.iter().filter_map(GivenHeader::secret).chain(values).chain(whole).collect()
}

/// A target that is diagnosed.
struct Patient<'a> {
    settings: &'a Settings,
    subject: &'a Subject,
    endpoint: &'a Endpoint,
    public: &'a PublicOrigin,
}

impl Patient<'_> {
    /// Takes every step that makes sense.
    async fn take(&self, findings: &mut Findings) -> Result<(), ExamineError> {
        if !reach::reach(findings, self.endpoint, self.settings.deadline).await {
            return Ok(());
        }
        // Its log is read by runs alone.
        let world = match world(self.settings, self.subject, None) {
            Ok(world) => world,
            // Certificates of this machine are all that it may lack.
            Err(ExamineError::Untestable(why)) => {
                findings.add(judge_reach::tls(true, Some(&why)));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let secrets = secrets(&self.subject.headers, self.endpoint);
        let mut visit = Visit::new(&world, secrets);
        let revision = self.first_revision();
        let knocked = visit.knock(revision, crate::case::recipe::Credentials::Valid).await;
        if !self.answered(findings, &knocked.delivery.end, &visit.answer(&knocked)) {
            return Ok(());
        }
        let credited = visit.credentials(revision, &knocked).await;
        if findings.add(judge_reach::credentials(&credited)) {
            self.serve(findings, &world, &mut visit).await?;
        }
        self.around(findings, &Web::new(&world, self.endpoint, self.public)).await;
        Ok(())
    }

    /// The newest revision with a handshake, which most targets answer; or else the newest.
    fn first_revision(&self) -> Revision {
        let all = &self.settings.revisions;
        let session = all.iter().rev().find(|revision| !revision.is_modern());
        session.or_else(|| all.last()).copied().unwrap_or(Revision::V2025_11_25)
    }

    /// TLS and HTTP, by the first exchange.
    fn answered(&self, findings: &mut Findings, end: &End, answer: &Answer) -> bool {
        let uses = self.endpoint.is_tls();
        let failed = match end {
            End::Refused(why) if uses => Some(why.as_str()),
            _ => None,
        };
        findings.add(judge_reach::tls(uses, failed))
            && findings.add(judge_reach::http(bare_path(self.endpoint), answer))
    }

    /// From the era to the debug headers.
    async fn serve(
        &self,
        findings: &mut Findings,
        world: &World,
        visit: &mut Visit<'_>,
    ) -> Result<(), ExamineError> {
        // What is recorded is read from here on.
        let sources = self.sources(world).await?;
        visit.greet(&self.settings.revisions).await;
        if !findings.add(self.era(visit)) {
            return Ok(());
        }
        findings.add(judge_serve::initialize(visit.handshake().as_ref()));
        let listing = visit.listing();
        let listed = listing.and_then(|place| visit.exchanges.get(place));
        let listed = listed.map(|exchange| visit.answer(exchange));
        let tools = visit.facts.last().map_or(0, |facts| facts.tools.len());
        let lists = findings.add(judge_serve::tools_list(listed.as_ref(), tools));
        // Without a list it is not known which tool may be called, and with which arguments.
        let called = if lists {
            let called = visit.call(&self.subject.tools).await;
            let seen = || called.as_ref().map_err(|uncalled| *uncalled);
            findings.add(judge_serve::call(seen()));
            findings.add(judge_serve::upstream(seen()));
            called.ok()
        } else {
            None
        };
        let tool = called.as_ref().map(|called| called.tool.as_str());
        let place = if tool.is_some() { visit.exchanges.len().checked_sub(1) } else { listing };
        self.record(findings, visit, (place, tool), sources).await;
        let secrets: Vec<String> =
            self.subject.headers.iter().filter_map(GivenHeader::secret).collect();
        let sought = Secrets::new(secrets.clone());
        let found = |own: &Own| own.journal.holds(|bytes| sought.are_in(bytes));
        let reached = world.own.as_ref().is_some_and(found);
        findings.add(debug::debug_headers(&visit.headers(debug::PREFIX), &secrets, reached));
        Ok(())
    }

    /// The audit sources, or why there are none.
    async fn sources(
        &self,
        world: &World,
    ) -> Result<Result<Vec<(Source, String)>, Unread>, ExamineError> {
        match open_sources(self.settings, self.subject, world).await {
            Ok((sources, _)) if !sources.is_empty() => Ok(Ok(sources)),
            Ok((_, note)) => Ok(Err(Unread::None(note.unwrap_or_default()))),
            Err(ExamineError::Untestable(why)) => Ok(Err(Unread::Broken(why))),
            Err(error) => Err(error),
        }
    }

    fn era(&self, visit: &Visit<'_>) -> Finding {
        let spoken: Vec<String> =
            visit.facts.iter().map(|facts| facts.revision.to_string()).collect();
        let refused = advice::refused(&visit.refused);
        let credentials = self.subject.headers.iter().any(GivenHeader::is_credential);
        let last = visit.exchanges.last().map(|exchange| &exchange.observation);
        let advice = last.map_or("", |last| advice::advice(last, credentials, false));
        judge_serve::era(&spoken, &refused, advice)
    }

    /// The record of the exchange at this place, in each source.
    async fn record(
        &self,
        findings: &mut Findings,
        visit: &Visit<'_>,
        (place, tool): (Option<usize>, Option<&str>),
        sources: Result<Vec<(Source, String)>, Unread>,
    ) {
        let finding = match (sources, place) {
            (Ok(sources), Some(place)) => {
                for (mut source, name) in sources {
                    let seen = visit.records(place, (&mut source, name), self.settings).await;
                    findings.add(judge_serve::record(tool, Ok(&seen)));
                }
                return;
            }
            (Ok(_), None) => judge_serve::record(tool, Err("no message was sent that is recorded")),
            (Err(Unread::None(why)), _) => judge_serve::record(tool, Err(&why)),
            (Err(Unread::Broken(why)), _) => {
                Finding::fail(Step::Record, why, "check --audit, and that the target runs")
            }
        };
        findings.add(finding);
    }

    /// The metadata and the authorization endpoint.
    async fn around(&self, findings: &mut Findings, web: &Web<'_>) {
        let resources = web.resources().await;
        let servers = web.servers(&resources).await;
        findings.add(metadata::resource(
            &resources.documents,
            self.public,
            &web.path(),
            &resources.places,
        ));
        findings.add(metadata::issuer(&servers.documents, self.public, &servers.places));
        let forged = web.forge([&resources, &servers]).await;
        findings.add(metadata::forwarded(&forged, self.endpoint.is_loopback()));
        findings.add(match web.authorization(&servers) {
            Err(why) => Finding::not_applicable(Step::Redirect, why, ""),
            Ok(urls) => {
                let mut asked = Vec::new();
                for url in urls {
                    asked.push(web.redirect(url).await);
                }
                redirect::redirect(&asked)
            }
        });
    }
}

/// Why there are no records to read.
enum Unread {
    /// None are looked for, or none are found.
    None(String),
    /// What was named cannot be read.
    Broken(String),
}
