//! The questions that the oracle asks, each with a stable id.

mod about;

use std::fmt;

use crate::report::model::{Check, Outcome};

pub use about::About;

/// One question about one exchange. The same id serves pass and fail. The order is that in which
/// they are judged: the first that fails names the defect.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CheckId {
    /// Was the twin of the stimulus accepted? If not, nothing can be said.
    Control,
    /// Is the kind of reply permitted?
    Reply,
    /// Was there exactly one response?
    Once,
    /// Is each response a valid JSON-RPC response object?
    Shape,
    /// Is the error code permitted?
    Code,
    /// Does the result hold what it must?
    Result,
    /// Does every message fit the schema of the revision?
    Schema,
    /// Does the reply hold, beside the answer, only what was asked for?
    Unasked,
    /// Is what is told of the progress right?
    Progress,
    /// Does the response carry the right id?
    Id,
    /// Were the messages sent beside it answered as they should be?
    Beside,
    /// Do the pages of a listing come to an end?
    Pages,
    /// Is the HTTP status permitted?
    Status,
    /// Is the media type one that MCP names and the request admits?
    ContentType,
    /// Is the framing (HTTP body, event stream, UTF-8) well-formed?
    Framing,
    /// Is a demanded response header there?
    Header,
    /// Are there only messages on a process's standard output?
    Purity,
    /// Does a process end when it should, and only then?
    Exit,
    /// Is every event id of a session unique?
    EventId,
    /// Does a stream carry only what belongs there, and end with its answer?
    Stream,
    /// Does each answer hold what its own request said, and nothing of another?
    Canary,
    /// Do equal requests get equal answers?
    Same,
    /// Did the call reach our own upstream as often as it should?
    UpstreamCalls,
    /// Did its arguments arrive there unchanged, and its result here?
    UpstreamIntact,
    /// Was a request of the upstream answered?
    UpstreamAnswer,
    /// Did the caller's credentials stay on this side?
    UpstreamSecret,
    /// Was the call cancelled at the upstream that the caller has cancelled, and no other?
    UpstreamCancelled,
    /// Did the target warn of a request of the upstream that it refused?
    UpstreamWarned,
    /// Are a tool's schemas read without going where they lead?
    UpstreamSchema,
    /// Does the answer wait for the receiver of its record?
    SinkAnswer,
    /// Does the target still serve the session afterwards?
    Alive,
    /// Is every line about the exchange a readable record?
    Line,
    /// Does the record come later where its receiver failed, or is its loss told?
    SinkLoss,
    /// Is there a record?
    Record,
    /// Is there only one?
    RecordOnce,
    /// Is its call type the right one?
    CallType,
    /// Does its status agree with the reply?
    RecordStatus,
    /// Does it carry the error?
    RecordError,
    /// Does it carry the request's method and id?
    RecordRequest,
    /// Does it carry the tool's name and arguments?
    RecordTool,
    /// Does the record of a failure name the upstream?
    RecordServer,
    /// Does it carry the response?
    RecordResponse,
    /// Are its times sane?
    RecordTiming,
    /// Do the records of several sources say the same?
    RecordAgree,
    /// Is every record of ours explained by an exchange?
    Orphan,
    /// Does the source have every record that is proved to have been written?
    RecordLost,
    /// Are reply and record free of stack traces, and the reply of paths?
    Traceback,
    /// Are reply and record free of credentials?
    Secret,
    /// Is the target's own log free of credentials?
    LogLeak,
    /// Is everything that a source delivers free of credentials?
    Delivered,
}

impl CheckId {
    /// Every check, in the order in which they are judged.
    pub const ALL: [Self; 50] = [
        Self::Control,
        Self::Reply,
        Self::Once,
        Self::Shape,
        Self::Code,
        Self::Result,
        Self::Schema,
        Self::Unasked,
        Self::Progress,
        Self::Id,
        Self::Beside,
        Self::Pages,
        Self::Status,
        Self::ContentType,
        Self::Framing,
        Self::Header,
        Self::Purity,
        Self::Exit,
        Self::EventId,
        Self::Stream,
        Self::Canary,
        Self::Same,
        Self::UpstreamCalls,
        Self::UpstreamIntact,
        Self::UpstreamAnswer,
        Self::UpstreamSecret,
        Self::UpstreamCancelled,
        Self::UpstreamWarned,
        Self::UpstreamSchema,
        Self::SinkAnswer,
        Self::Alive,
        Self::Line,
        Self::SinkLoss,
        Self::Record,
        Self::RecordOnce,
        Self::CallType,
        Self::RecordStatus,
        Self::RecordError,
        Self::RecordRequest,
        Self::RecordTool,
        Self::RecordServer,
        Self::RecordResponse,
        Self::RecordTiming,
        Self::RecordAgree,
        Self::Orphan,
        Self::RecordLost,
        Self::Traceback,
        Self::Secret,
        Self::LogLeak,
        Self::Delivered,
    ];

    /// The id in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Control => "answered.control",
            Self::Reply => "answered.reply",
            Self::Once => "answered.once",
            Self::Shape => "answered.shape",
            Self::Code => "answered.code",
            Self::Result => "answered.result",
            Self::Schema => "answered.schema",
            Self::Progress => "answered.progress",
            Self::Unasked => "answered.unasked",
            Self::Id => "correlated.id",
            Self::Status => "transport.status",
            Self::ContentType => "transport.content-type",
            Self::Framing => "transport.framing",
            Self::Header => "transport.header",
            Self::Purity => "transport.purity",
            Self::Exit => "transport.exit",
            Self::Beside => "answered.beside",
            Self::Pages => "answered.pages",
            Self::EventId => "transport.event-id",
            Self::Stream => "transport.stream",
            Self::Canary => "isolation.canary",
            Self::Same => "isolation.same",
            Self::UpstreamCalls => "upstream.calls",
            Self::UpstreamIntact => "upstream.intact",
            Self::UpstreamAnswer => "upstream.answer",
            Self::UpstreamSecret => "upstream.secret",
            Self::UpstreamCancelled => "upstream.cancelled",
            Self::UpstreamWarned => "upstream.warned",
            Self::UpstreamSchema => "upstream.schema",
            Self::SinkAnswer => "audited.sink-answer",
            Self::Alive => "answered.alive",
            Self::Line => "audited.line",
            Self::SinkLoss => "audited.sink-loss",
            Self::Record => "audited.record",
            Self::RecordOnce => "audited.once",
            Self::CallType => "audited.call-type",
            Self::RecordStatus => "audited.status",
            Self::RecordError => "audited.error",
            Self::RecordRequest => "audited.request",
            Self::RecordTool => "audited.tool",
            Self::RecordServer => "audited.server",
            Self::RecordResponse => "audited.response",
            Self::RecordTiming => "audited.timing",
            Self::RecordAgree => "audited.agree",
            Self::Orphan => "audited.orphan",
            Self::RecordLost => "audited.lost",
            Self::Traceback => "leak.traceback",
            Self::Secret => "leak.secret",
            Self::LogLeak => "leak.log",
            Self::Delivered => "leak.delivered",
        }
    }

    /// Whether the check is asked over stdio alone.
    #[must_use]
    pub const fn is_of_stdio(self) -> bool {
        matches!(self, Self::Purity | Self::Exit)
    }

    /// Whether the check is asked where records are delivered to us alone.
    #[must_use]
    pub const fn is_of_sinks(self) -> bool {
        matches!(self, Self::SinkAnswer | Self::SinkLoss)
    }

    /// Whether no text of MCP or JSON-RPC demands what the check asks.
    fn is_of_the_house(self) -> bool {
        self.is_audited()
            || matches!(
                self,
                Self::Secret
                    | Self::Traceback
                    | Self::LogLeak
                    | Self::Delivered
                    | Self::UpstreamWarned
            )
    }

    /// Whether the check reads audit records.
    #[must_use]
    pub fn is_audited(self) -> bool {
        self.as_str().starts_with("audited.")
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The answers to the questions asked of one case, in order.
#[derive(Debug)]
pub struct Findings {
    level: String,
    /// The source of records that the answers are about, where there are several.
    source: Option<String>,
    checks: Vec<Check>,
}

impl Findings {
    /// No answers yet; `level` is the keyword of the case's requirement.
    #[must_use]
    pub fn new(level: String) -> Self {
        Self { level, source: None, checks: Vec::new() }
    }

    /// Turns to one of several sources of records; none for what is about no single one.
    pub fn at(&mut self, source: Option<&str>) {
        self.source = source.map(str::to_owned);
    }

    /// Adds one answer.
    pub fn add(
        &mut self,
        check: CheckId,
        outcome: Outcome,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) {
        let level = if check.is_of_the_house() { "house".to_owned() } else { self.level.clone() };
        self.checks.push(Check {
            check: check.as_str().to_owned(),
            outcome,
            level,
            expected: expected.into(),
            actual: match &self.source {
                Some(source) => format!("{} (in {source})", actual.into()),
                None => actual.into(),
            },
        });
    }

    /// Adds a pass or, where `holds` is false, a failure.
    pub fn require(
        &mut self,
        check: CheckId,
        holds: bool,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) {
        let outcome = if holds { Outcome::Pass } else { Outcome::Fail };
        self.add(check, outcome, expected, actual);
    }

    /// The answers.
    #[must_use]
    pub fn into_checks(mut self) -> Vec<Check> {
        // All verdicts of a run are kept, and a list that grew by doubling has room to spare.
        self.checks.shrink_to_fit();
        self.checks
    }
}
