//! The TOML form of a case, and its check against the vocabulary.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::class::Class;
use super::companion::Companion;
use super::expectation::{
    Allowed, BesideRule, Expectation, HeaderRule, RecordDemand, ReplyKind, UpstreamRule,
};
use super::recipe::{Credentials, Recipe, SessionMode};
use super::requirement::{Requirement, Requirements};
use super::switch::Switch;
use super::told::ToldRule;
use super::{Case, Framing, Need, Sink, Stimulus, Wait};
use super::{transports, vacuity};
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// An error in a file of the catalogue: what, where, what to do.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub struct CaseError {
    origin: String,
    line: usize,
    message: String,
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.origin, self.message),
            line => write!(f, "{}:{line}: {}", self.origin, self.message),
        }
    }
}

impl CaseError {
    /// An error at a line (counted from 1; 0 for the whole file).
    #[must_use]
    pub fn new(origin: &str, line: usize, message: String) -> Self {
        Self { origin: origin.to_owned(), line, message }
    }

    /// An error of the TOML reader, with the line in which it stands.
    #[must_use]
    pub fn toml(text: &str, origin: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        Self::new(origin, line, error.message().replace('\n', " "))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CaseFile {
    title: String,
    requirement: String,
    #[serde(default)]
    also: Vec<String>,
    class: Class,
    #[serde(default)]
    revisions: Vec<String>,
    #[serde(default)]
    transports: Vec<Transport>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    alone: bool,
    #[serde(default)]
    last: bool,
    send: Send,
    #[serde(default)]
    control: Option<ControlFile>,
    #[serde(default)]
    expect: Option<ExpectFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Send {
    #[serde(default)]
    base: super::recipe::Base,
    #[serde(default)]
    edits: Vec<super::recipe::Edit>,
    #[serde(default)]
    before: Vec<Recipe>,
    #[serde(default)]
    beside: Vec<Companion>,
    #[serde(default)]
    follow: bool,
    #[serde(default)]
    give_up_ms: Option<u64>,
    #[serde(default)]
    patience: u32,
    #[serde(default)]
    session: SessionMode,
    #[serde(default)]
    credentials: Credentials,
    #[serde(default)]
    wait: Wait,
    #[serde(default)]
    framing: Framing,
    #[serde(default)]
    sink: Option<Sink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ControlFile {
    /// False: there is no defect that could be mended.
    #[serde(default = "yes")]
    send: bool,
    #[serde(default)]
    base: super::recipe::Base,
    #[serde(default)]
    edits: Vec<super::recipe::Edit>,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExpectFile {
    #[serde(default)]
    reply: BTreeMap<ReplyKind, Allowed>,
    #[serde(default)]
    stdio: StdioFile,
    #[serde(default)]
    header: Vec<HeaderRule>,
    #[serde(default)]
    beside: BesideRule,
    #[serde(default)]
    told: ToldRule,
    #[serde(default)]
    upstream: Option<UpstreamRule>,
    #[serde(default)]
    secret: Option<String>,
    #[serde(default)]
    record: RecordDemand,
    #[serde(default)]
    orphans: bool,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    deliveries: bool,
    #[serde(default)]
    several: bool,
    #[serde(default)]
    any_revision: bool,
    #[serde(default)]
    process: bool,
    #[serde(default)]
    switch: Option<Switch>,
}

/// What holds on standard output alone.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StdioFile {
    #[serde(default)]
    reply: BTreeMap<ReplyKind, Allowed>,
}

/// Reads one case. `id` is its path under `cases/` without `.toml`, `origin` the name that errors
/// carry.
///
/// # Errors
/// When the text is no case, or names an unknown requirement or revision.
pub fn parse(
    text: &str,
    id: &str,
    origin: &str,
    requirements: &Requirements,
) -> Result<Case, CaseError> {
    let file: CaseFile =
        toml::from_str(text).map_err(|error| CaseError::toml(text, origin, &error))?;
    let requirement = known(requirements, &file.requirement)
        .map_err(|message| CaseError::new(origin, line_of(text, "requirement"), message))?;
    for also in &file.also {
        known(requirements, also)
            .map_err(|message| CaseError::new(origin, line_of(text, "also"), message))?;
    }
    let revisions = revisions(&file, requirement, text, origin)?;
    let expectation = expectation(file.expect);
    vacuity::check(&expectation)
        .map_err(|message| CaseError::new(origin, line_of(text, "[expect"), message))?;
    let stimulus = stimulus(file.send, file.class, file.control);
    if stimulus.sink.is_some() && (!file.alone || stimulus.control.is_none()) {
        let message = "a case with `sink` must have `alone = true`, since the receiver serves all, and a \
                       [control] with which its answer is compared";
        return Err(CaseError::new(origin, line_of(text, "sink"), message.to_owned()));
    }
    if file.last && !file.alone {
        let message =
            "a case with `last` is sent when all others are done: it must have `alone = true`";
        return Err(CaseError::new(origin, line_of(text, "last"), message.to_owned()));
    }
    let transports = if file.transports.is_empty() {
        transports::by_default(&stimulus, file.class, &file.needs)
    } else {
        file.transports
    };
    Ok(Case {
        id: id.to_owned(),
        level: requirement.level,
        revisions,
        transports,
        expectation,
        stimulus,
        title: file.title,
        note: note(text),
        requirement: file.requirement,
        also: file.also,
        needs: file.needs,
        alone: file.alone,
        last: file.last,
    })
}

/// The comment with which a file begins, as one line.
fn note(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.trim().strip_prefix('#'));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn known<'a>(requirements: &'a Requirements, id: &str) -> Result<&'a Requirement, String> {
    requirements.get(id).ok_or_else(|| {
        format!("requirement `{id}` is not in requirements.toml: correct the id or add it there")
    })
}

fn revisions(
    file: &CaseFile,
    requirement: &Requirement,
    text: &str,
    origin: &str,
) -> Result<Vec<Revision>, CaseError> {
    let stated = requirement.revisions();
    let at = |key, message| CaseError::new(origin, line_of(text, key), message);
    if stated.is_empty() {
        let message = format!(
            "requirement `{}` is stated by {} only, which is not spoken here",
            requirement.id,
            requirement.field_revisions().join(", ")
        );
        return Err(at("requirement", message));
    }
    if file.revisions.is_empty() {
        return Ok(stated);
    }
    let one = |name: &String| {
        let revision: Revision = name.parse().map_err(|error| format!("{error}"))?;
        if stated.contains(&revision) {
            return Ok(revision);
        }
        let names: Vec<_> = stated.iter().map(|revision| revision.as_str()).collect();
        Err(format!(
            "requirement `{}` is not stated by {revision}: it is by {}",
            requirement.id,
            names.join(", ")
        ))
    };
    let read: Result<_, String> = file.revisions.iter().map(one).collect();
    read.map_err(|message| at("revisions", message))
}

fn expectation(file: Option<ExpectFile>) -> Expectation {
    file.map_or_else(Expectation::default, |file| Expectation {
        replies: file.reply,
        on_stdio: file.stdio.reply,
        headers: file.header,
        beside: file.beside,
        told: file.told,
        upstream: file.upstream,
        secret: file.secret,
        record: file.record,
        orphans: file.orphans,
        complete: file.complete,
        deliveries: file.deliveries,
        several: file.several,
        any_revision: file.any_revision,
        process: file.process,
        switch: file.switch,
    })
}

fn stimulus(send: Send, class: Class, control: Option<ControlFile>) -> Stimulus {
    let recipe = Recipe { base: send.base, edits: send.edits };
    let control = match control {
        Some(ControlFile { send: false, .. }) => None,
        Some(file) => Some(Recipe { base: file.base, edits: file.edits }),
        None => twin(&recipe, send.session, send.credentials),
    };
    Stimulus {
        class,
        recipe,
        before: send.before,
        beside: send.beside,
        follow: send.follow,
        control,
        session: send.session,
        credentials: send.credentials,
        wait: send.wait,
        framing: send.framing,
        give_up_ms: send.give_up_ms,
        patience: send.patience,
        sink: send.sink,
    }
}

/// The same message without its defect: the base alone. A message without a defect has none.
fn twin(recipe: &Recipe, session: SessionMode, credentials: Credentials) -> Option<Recipe> {
    use super::recipe::Base;
    let intact = recipe.edits.is_empty()
        && session == SessionMode::Live
        && credentials == Credentials::Valid;
    let base = match recipe.base {
        _ if intact => return None,
        Base::Empty | Base::UnknownMethod => Base::Request,
        Base::UnknownCall
        | Base::FailingCall
        | Base::DeadCall
        | Base::AskingCall
        | Base::SlowCall => Base::ToolsList,
        base => base,
    };
    Some(Recipe { base, edits: Vec::new() })
}

/// The line, counted from 1, that begins with a key.
fn line_of(text: &str, key: &str) -> usize {
    text.lines().position(|line| line.trim_start().starts_with(key)).map_or(0, |line| line + 1)
}

#[cfg(test)]
mod tests;
