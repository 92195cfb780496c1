//! The report as data: what every format renders. Serialises to `schemas/report.schema.json`.

use serde::{Deserialize, Serialize};

/// One whole run.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Report {
    /// What was tested, with what.
    pub header: Header,
    /// One entry per case and revision, in catalogue order.
    pub verdicts: Vec<Verdict>,
    /// The sums over all exchanges and records.
    pub ledger: Ledger,
    /// The sums over the records of each source.
    #[serde(default)]
    pub sources: Vec<SourceSums>,
    /// Verdicts by outcome.
    pub totals: Totals,
}

/// What was tested, with what.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Header {
    /// Always `mcp-gauntlet`.
    pub tool: String,
    /// Version of the tool.
    pub version: String,
    /// URL of the target, without credentials, or `reference` for the built-in gateway.
    pub target: String,
    /// What the target says of itself: `serverInfo` name and version.
    pub server: String,
    /// Name of the profile.
    pub profile: String,
    /// `name=value` of each switch that does not stand on its default.
    #[serde(default)]
    pub switches: Vec<String>,
    /// Whether warnings are failures.
    #[serde(default)]
    pub strict: bool,
    /// Locator of the audit source, or `none`.
    pub audit: String,
    /// Why the audited checks do not apply, when they do not.
    pub audit_note: Option<String>,
    /// Revisions that the run covered.
    pub revisions: Vec<String>,
    /// Seed of everything random in the run.
    pub seed: String,
    /// `sha256:` and the digest of all case files.
    pub catalogue: String,
    /// False when the run was interrupted; the verdicts are then only those reached.
    pub complete: bool,
    /// Sentences that a reader must know: what was not tested and how to enable it.
    pub notes: Vec<String>,
    /// Wall time of the run in seconds.
    pub seconds: f64,
    /// Seconds of it in which only the audit source was waited for.
    #[serde(default)]
    pub settling_seconds: f64,
    /// Seconds of deliberate silence (listening for what should not come, pauses that a case wants),
    /// summed over the cases that ran side by side.
    #[serde(default)]
    pub silence_seconds: f64,
}

/// The verdict on one case under one revision.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Verdict {
    /// Case id: the path of its file under `cases/`, without `.toml`.
    pub case: String,
    /// One line on what the case sends.
    pub title: String,
    /// Requirement id.
    pub requirement: String,
    /// MCP revision.
    pub revision: String,
    /// `http` or `stdio`.
    pub transport: String,
    /// The most severe outcome of its checks.
    pub outcome: Outcome,
    /// Why the case is untestable or does not apply; none otherwise.
    pub reason: Option<String>,
    /// Every check that was made, in the order in which they are judged.
    pub checks: Vec<Check>,
    /// How much each source tells of the message.
    #[serde(default)]
    pub grades: Vec<Grade>,
    /// How the record was found (`header`, `trace`, `canary`, `id`, `time`); none without a record.
    pub tier: Option<String>,
    /// A shell command that sends the same message by hand.
    pub reproduce: String,
    /// The case file that sends the same again; only of generated messages that did not pass.
    #[serde(default)]
    pub case_file: Option<String>,
    /// What was sent, shortened, with bytes that are not printable escaped.
    pub sent: String,
    /// What came back, shortened, in one line.
    pub received: String,
    /// The matched record's raw text, shortened.
    pub record: Option<String>,
    /// Milliseconds from the first byte of the stimulus to its answer.
    pub milliseconds: f64,
}

/// How much the record of one source tells of one message, rung by rung; none where a rung is not asked
/// about, as the code of a success is not.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Grade {
    /// Name of the source where there are several, else empty.
    pub source: String,
    /// The call type that the message calls for.
    pub call_type: String,
    /// There is a record; without one nothing else is asked.
    pub recorded: bool,
    /// It says of a failure that it is one.
    pub failure: Option<bool>,
    /// It has the JSON-RPC code that the caller saw.
    pub code: Option<bool>,
    /// It has the method, and the tool of a call.
    pub request: Option<bool>,
    /// It has the JSON-RPC id.
    pub id: Option<bool>,
    /// It has the arguments of a call, and the response of a success.
    pub content: Option<bool>,
    /// Its start and end are in order and within the exchange.
    pub timing: Option<bool>,
    /// It is the only one.
    pub once: Option<bool>,
}

impl Grade {
    /// The rungs from the lowest, each with its name in reports and what it tells.
    #[must_use]
    pub const fn rungs(&self) -> [(&'static str, Option<bool>); 8] {
        [
            ("recorded", Some(self.recorded)),
            ("failure", self.failure),
            ("code", self.code),
            ("method+tool", self.request),
            ("id", self.id),
            ("content", self.content),
            ("timing", self.timing),
            ("once", self.once),
        ]
    }
}

/// One question about one exchange, and its answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Check {
    /// Check id, for example `answered.reply`.
    pub check: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// Keyword of the requirement: `must`, `should`, `may` or `house`.
    pub level: String,
    /// What would have passed.
    pub expected: String,
    /// What was seen.
    pub actual: String,
}

/// Outcome of a check or a case, mildest first: the order is the severity.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The question does not arise for this target; the reason says why.
    NotApplicable,
    /// As required.
    Pass,
    /// A failure that a baseline names and explains.
    ExpectedFail,
    /// Survivable, but off the requirement.
    Warn,
    /// A prerequisite was missing, so nothing can be said. Red.
    Untestable,
    /// A violation.
    Fail,
}

impl Outcome {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "n/a",
            Self::Pass => "pass",
            Self::ExpectedFail => "expected-fail",
            Self::Warn => "warn",
            Self::Untestable => "untestable",
            Self::Fail => "FAIL",
        }
    }
}

/// Whether an outcome needs no explanation.
#[must_use]
pub const fn is_fine(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::NotApplicable)
}

/// The sums: `sent = replied + acknowledged + closed + silent + refused`, and
/// `records = matched + duplicate + orphan`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ledger {
    /// Exchanges sent, handshakes and probes included.
    pub sent: u64,
    /// Answered with a body or an error status.
    pub replied: u64,
    /// Answered 2xx with an empty body.
    pub acknowledged: u64,
    /// Connection closed without a whole answer.
    pub closed: u64,
    /// No answer before the deadline.
    pub silent: u64,
    /// No connection.
    pub refused: u64,
    /// Records of ours that were read.
    pub records: u64,
    /// Records that are the one record of an exchange.
    pub matched: u64,
    /// Exchanges that should have left a record and did not.
    pub missing: u64,
    /// Records beyond the first of an exchange.
    pub duplicate: u64,
    /// Records with our canary that no exchange explains.
    pub orphan: u64,
    /// Lines of the source that are no record at all (not JSON, too long).
    pub unreadable: u64,
    /// Records of `records` that came after the source had settled, and before the deadline.
    #[serde(default)]
    pub late: u64,
    /// Records that the source knows to be gone before they could be read.
    #[serde(default)]
    pub lost: u64,
}

impl Ledger {
    /// Adds the sums of another part of the same run.
    pub fn add(&mut self, other: &Self) {
        let Self { sent, replied, acknowledged, closed, silent, refused, .. } = other;
        let Self { records, matched, missing, duplicate, orphan, unreadable, late, lost, .. } =
            other;
        self.sent += sent;
        self.replied += replied;
        self.acknowledged += acknowledged;
        self.closed += closed;
        self.silent += silent;
        self.refused += refused;
        self.records += records;
        self.matched += matched;
        self.missing += missing;
        self.duplicate += duplicate;
        self.orphan += orphan;
        self.unreadable += unreadable;
        self.late += late;
        self.lost += lost;
    }
}

/// What [`Ledger`] sums up over all sources, of one of them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct SourceSums {
    /// Name of the source.
    pub source: String,
    /// Records of ours that were read.
    pub records: u64,
    /// Records that are the one record of an exchange.
    pub matched: u64,
    /// Exchanges that should have left a record there and did not.
    pub missing: u64,
    /// Records beyond the first of an exchange.
    pub duplicate: u64,
    /// Records with our canary that no exchange explains.
    pub orphan: u64,
    /// Lines that are no record at all.
    pub unreadable: u64,
    /// Records that came after the source had settled, and before the deadline.
    pub late: u64,
    /// Records that the source knows to be gone before they could be read.
    pub lost: u64,
}

impl SourceSums {
    /// Those of a source whose records alone are in the ledger.
    #[must_use]
    pub fn of(source: &str, ledger: &Ledger) -> Self {
        let Ledger { records, matched, missing, duplicate, orphan, unreadable, late, lost, .. } =
            *ledger;
        let source = source.to_owned();
        Self { source, records, matched, missing, duplicate, orphan, unreadable, late, lost }
    }
}

/// Verdicts by outcome.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Totals {
    /// As required.
    pub pass: u64,
    /// Off the requirement, survivable.
    pub warn: u64,
    /// Violations.
    pub fail: u64,
    /// Nothing can be said.
    pub untestable: u64,
    /// Does not apply.
    pub not_applicable: u64,
    /// Failures that a baseline explains.
    pub expected_fail: u64,
}
