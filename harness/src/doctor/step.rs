//! The steps of a diagnosis, and what was found at each. Sends nothing.

use crate::report::escape::shorten;

/// One step, in the order in which they are taken.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Step {
    /// The host has an address.
    Address,
    /// A connection can be made.
    Tcp,
    /// TLS can be agreed on, and the certificate is trusted.
    Tls,
    /// An endpoint of MCP answers in HTTP.
    Http,
    /// The credentials are accepted.
    Credentials,
    /// Some revision of MCP is spoken.
    Era,
    /// A session can be opened.
    Initialize,
    /// The tools are listed.
    ToolsList,
    /// One tool can be called.
    Call,
    /// The call reached our own upstream.
    Upstream,
    /// The call left one record.
    Record,
    /// The debug headers show no credential.
    DebugHeaders,
    /// The metadata of the protected resource names the public origin.
    Resource,
    /// The metadata of the authorization server names the public origin.
    Issuer,
    /// Headers of a request change nothing in the metadata.
    Forwarded,
    /// The authorization endpoint redirects to no foreign place.
    Redirect,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 16] = [
        Self::Address,
        Self::Tcp,
        Self::Tls,
        Self::Http,
        Self::Credentials,
        Self::Era,
        Self::Initialize,
        Self::ToolsList,
        Self::Call,
        Self::Upstream,
        Self::Record,
        Self::DebugHeaders,
        Self::Resource,
        Self::Issuer,
        Self::Forwarded,
        Self::Redirect,
    ];

    /// The word that is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Credentials => "credentials",
            Self::Era => "era",
            Self::Initialize => "initialize",
            Self::ToolsList => "tools/list",
            Self::Call => "call",
            Self::Upstream => "upstream",
            Self::Record => "record",
            Self::DebugHeaders => "debug-headers",
            Self::Resource => "resource",
            Self::Issuer => "issuer",
            Self::Forwarded => "forwarded",
            Self::Redirect => "redirect",
        }
    }

    /// Whether the target cannot be tested at all where this step fails.
    #[must_use]
    pub const fn is_reach(self) -> bool {
        matches!(self, Self::Address | Self::Tcp | Self::Tls | Self::Http)
    }
}

/// How a step went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// Usable, and worth a look.
    Warn,
    /// Broken.
    Fail,
    /// The question does not arise, or cannot be asked.
    NotApplicable,
    /// An earlier step failed, without which this one says nothing.
    NotReached,
}

impl Outcome {
    /// The word that is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
            Self::NotApplicable => "n/a",
            Self::NotReached => "-",
        }
    }
}

/// What was found at a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The step.
    pub step: Step,
    /// How it went.
    pub outcome: Outcome,
    /// What that means, in one line.
    pub meaning: String,
    /// What to do; empty for nothing.
    pub advice: String,
}

impl Finding {
    /// A step at which all is well.
    pub(super) fn pass(step: Step, meaning: impl Into<String>) -> Self {
        Self::new(step, Outcome::Pass, meaning, "")
    }

    /// A step that is worth a look, with what to do.
    pub(super) fn warn(step: Step, meaning: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(step, Outcome::Warn, meaning, advice)
    }

    /// A step at which something is broken, with what to do.
    pub(super) fn fail(step: Step, meaning: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(step, Outcome::Fail, meaning, advice)
    }

    /// A step whose question does not arise, with what would make it arise.
    pub(super) fn not_applicable(
        step: Step,
        meaning: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(step, Outcome::NotApplicable, meaning, advice)
    }

    fn new(
        step: Step,
        outcome: Outcome,
        meaning: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { step, outcome, meaning: meaning.into(), advice: advice.into() }
    }
}

/// All findings of a diagnosis. Whatever enters is made harmless: the target may have written it.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    /// Texts that are never shown.
    secrets: Vec<String>,
}

/// Columns of a meaning, and of an advice, at most.
const MOST: usize = 400;

impl Findings {
    /// No findings. The secrets will not be shown, whoever repeats them.
    pub(super) const fn new(secrets: Vec<String>) -> Self {
        Self { list: Vec::new(), secrets }
    }

    /// Adds a finding; says whether the next step makes sense.
    pub(super) fn add(&mut self, finding: Finding) -> bool {
        let goes_on = finding.outcome != Outcome::Fail;
        let safe = |text: &str| shorten(&redact(text, &self.secrets), MOST);
        let (meaning, advice) = (safe(&finding.meaning), safe(&finding.advice));
        self.list.push(Finding { meaning, advice, ..finding });
        goes_on
    }

    /// The findings in the order of the steps, each step once: those without one were not reached.
    pub(super) fn close(mut self) -> Vec<Finding> {
        for step in Step::ALL {
            if !self.list.iter().any(|finding| finding.step == step) {
                self.list.push(Finding::new(step, Outcome::NotReached, "not reached", ""));
            }
        }
        self.list.sort_by_key(|finding| finding.step);
        self.list
    }
}

/// The text without the secrets: the longest first, since one may be a part of another.
pub(super) fn redact(text: &str, secrets: &[String]) -> String {
    let mut secrets: Vec<&String> = secrets.iter().filter(|secret| !secret.is_empty()).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_target_wrote_does_no_harm_and_shows_no_secret() {
        let mut findings = Findings::new(vec!["sesame".to_owned(), "sesame-open".to_owned()]);
        let goes_on =
            findings.add(Finding::fail(Step::Http, "\u{1b}[2Jsesame-open", "ask\nsesame"));
        assert!(!goes_on);
        let list = findings.close();
        let http = list.iter().find(|finding| finding.step == Step::Http).unwrap();
        assert_eq!(http.meaning, "\\u{1b}[2J***");
        assert_eq!(http.advice, "ask\\n***");
    }

    #[test]
    fn every_step_is_told_once_and_in_order() {
        let mut findings = Findings::new(Vec::new());
        assert!(findings.add(Finding::pass(Step::Record, "found")));
        assert!(findings.add(Finding::not_applicable(Step::Address, "none", "")));
        let steps: Vec<Step> = findings.close().iter().map(|finding| finding.step).collect();
        assert_eq!(steps, Step::ALL);
    }
}
