//! What may come back: for each kind of reply whether it is permitted at all, and with which code,
//! id and status. What is not named fails.

mod behind;

use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::graded::{Grade, IdRule, StatusRule};
use super::switch::Switch;
use super::told::ToldRule;

pub use behind::{AnswerRule, Dropped, ListRule, UpstreamRule};

/// What may come back for one stimulus.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Expectation {
    /// The permitted kinds of reply. Empty: those of the class (`oracle::expect`).
    pub replies: BTreeMap<ReplyKind, Allowed>,
    /// What is permitted on standard output in addition, or otherwise than over HTTP.
    pub on_stdio: BTreeMap<ReplyKind, Allowed>,
    /// Headers that a reply of a given status must carry.
    pub headers: Vec<HeaderRule>,
    /// What is demanded of the messages sent beside it.
    pub beside: BesideRule,
    /// What the server may tell beside the answers.
    pub told: ToldRule,
    /// What is demanded of the hop behind the target, where our own upstream stands there.
    pub upstream: Option<UpstreamRule>,
    /// Whether a record is demanded.
    pub record: RecordDemand,
    /// A text that is a secret of the caller in the message, `{{key}}` in it for its canary: records and logs
    /// may mask it; none where it holds none.
    pub secret: Option<String>,
    /// Whether records that no exchange explains are looked for in the whole run.
    pub orphans: bool,
    /// Whether the records of the whole run are looked for that are proved to have been written.
    pub complete: bool,
    /// Whether everything that a source delivers is searched for credentials.
    pub deliveries: bool,
    /// Whether the message may have several defects, of which any may be told first. The class is then
    /// what the message is read as, and the replies are not only those of the class.
    pub several: bool,
    /// Whether the replies are those of every revision, whatever the case runs under.
    pub any_revision: bool,
    /// Whether the whole life of the process is judged, from its first line to its end.
    pub process: bool,
    /// The switch to which the replies are subject; those of a class are to the switches of the class.
    pub switch: Option<Switch>,
}

/// What a reply is at a glance.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyKind {
    /// A JSON-RPC result (of `tools/call`: without `isError: true`).
    Result,
    /// A `tools/call` result with `isError: true`.
    ToolError,
    /// A JSON-RPC error.
    Error,
    /// Several JSON-RPC responses in one array or stream.
    Batch,
    /// 2xx with an empty body.
    Accepted,
    /// An event stream that stands open.
    Stream,
    /// An HTTP status from 300 up without a JSON-RPC message.
    Http,
    /// 2xx with a body that is no JSON-RPC message.
    Garbage,
    /// The connection was closed before a whole answer.
    Closed,
    /// No answer: nothing before the deadline, or a stream that ended without a response.
    Silent,
    /// No connection.
    Refused,
}

impl ReplyKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Result,
        Self::ToolError,
        Self::Error,
        Self::Batch,
        Self::Accepted,
        Self::Stream,
        Self::Http,
        Self::Garbage,
        Self::Closed,
        Self::Silent,
        Self::Refused,
    ];
}

impl fmt::Display for ReplyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Result => "a result",
            Self::ToolError => "a result with isError",
            Self::Error => "a JSON-RPC error",
            Self::Batch => "several responses",
            Self::Accepted => "an empty 2xx",
            Self::Stream => "an open event stream",
            Self::Http => "an HTTP error without a JSON-RPC body",
            Self::Garbage => "a 2xx whose body is no JSON-RPC message",
            Self::Closed => "a closed connection",
            Self::Silent => "no answer",
            Self::Refused => "no connection",
        })
    }
}

/// The permitted values of one kind of reply. An empty pair of sets permits everything.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Allowed {
    /// How the kind itself counts.
    #[serde(default)]
    pub grade: Grade,
    /// Error codes that pass.
    #[serde(default)]
    pub code: Vec<i64>,
    /// Error codes that warn.
    #[serde(default)]
    pub code_warn: Vec<i64>,
    /// Whether further codes, of those that are left to implementations (-32000 to -32019), warn where HTTP
    /// refuses too (4xx). Follows from the rest.
    #[serde(skip)]
    pub refused: bool,
    /// Ids that pass. Only of error replies: a result always carries the id sent.
    #[serde(default)]
    pub id: Vec<IdRule>,
    /// Ids that warn.
    #[serde(default)]
    pub id_warn: Vec<IdRule>,
    /// Statuses that pass.
    #[serde(default)]
    pub status: Vec<StatusRule>,
    /// Statuses that warn.
    #[serde(default)]
    pub status_warn: Vec<StatusRule>,
    /// JSON pointers that must exist in the result. Of an error these and the following are pointers
    /// into the error object, of a stream into its first message.
    #[serde(default)]
    pub has: Vec<String>,
    /// JSON pointers at which the result must hold nothing.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// JSON pointers whose absence warns.
    #[serde(default)]
    pub has_warn: Vec<String>,
    /// JSON pointers of which at least one must exist.
    #[serde(default)]
    pub has_any: Vec<String>,
    /// JSON pointers of arrays with the raw text of a value that must be among their elements.
    #[serde(default)]
    pub lists: BTreeMap<String, String>,
    /// JSON pointers with the raw texts of which one must stand there.
    #[serde(default)]
    pub one_of: BTreeMap<String, Vec<String>>,
    /// JSON pointers of the result with the kind that must stand there: a kind of JSON (`object`,
    /// `array`, `string`, ...), `revision`, or `count` for a whole number from 0 up.
    #[serde(default)]
    pub kinds: BTreeMap<String, String>,
    /// JSON pointers of the result with the raw text that must stand there.
    #[serde(default)]
    pub equals: BTreeMap<String, String>,
    /// JSON pointers of the result with the raw text that must not stand there.
    #[serde(default)]
    pub differs: BTreeMap<String, String>,
    /// Places of the result (JSON pointers, `*` for every element) whose values must be valid JSON
    /// Schemas.
    #[serde(default)]
    pub json_schemas: Vec<String>,
    /// Places of the result with the regular expression that the texts there should match.
    #[serde(default)]
    pub texts_warn: BTreeMap<String, String>,
    /// Of silence: whether the answer must still be under way. A stream that has ended without one has
    /// dropped it.
    #[serde(default)]
    pub waiting: bool,
    /// Number of responses that a batch must have; none for one for each of its requests.
    #[serde(default)]
    pub responses: Option<usize>,
    /// Number of responses from which on a batch only warns; none where any other number fails.
    #[serde(default)]
    pub responses_warn: Option<usize>,
}

/// What is demanded of the messages sent beside a stimulus, and of all of them together.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BesideRule {
    /// The permitted kinds of reply to each. Empty: those of its class.
    #[serde(default)]
    pub reply: BTreeMap<ReplyKind, Allowed>,
    /// Whether each result must carry the canary of its own request.
    #[serde(default)]
    pub own_canary: bool,
    /// JSON pointers into the whole message whose values must be the same in every answer.
    #[serde(default)]
    pub same: Vec<String>,
}

/// A header that a reply must carry, or must not.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeaderRule {
    /// Field name.
    pub name: String,
    /// Statuses to which the rule applies.
    pub on: Vec<StatusRule>,
    /// The value that it must have; none for any.
    #[serde(default)]
    pub value: Option<String>,
    /// The form that its whole value must have.
    #[serde(default)]
    pub matches: Option<Pattern>,
    /// The form that its whole value must not have; a missing header has none.
    #[serde(default)]
    pub matches_not: Option<Pattern>,
    /// Whether the reply must not carry it.
    #[serde(default)]
    pub forbidden: bool,
    /// How a missing header, a wrong value or a forbidden header counts: `warn`, or (by default) a
    /// failure.
    #[serde(default)]
    pub missing: Missing,
}

impl HeaderRule {
    /// Whether a reply without the header breaks the rule.
    #[must_use]
    pub const fn is_demand(&self) -> bool {
        !self.forbidden && self.matches_not.is_none()
    }
}

/// A regular expression for a whole text.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Whether the whole text has the form.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The expression.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Without what makes it one for the whole text.
        let whole = self.as_str();
        let text = whole.strip_prefix("^(?:").and_then(|text| text.strip_suffix(")$"));
        serializer.serialize_str(text.unwrap_or(whole))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let whole = Regex::new(&format!("^(?:{text})$"));
        whole.map(Self).map_err(|error| {
            serde::de::Error::custom(format!("`{text}` is no regular expression: {error}"))
        })
    }
}

/// How a missing header counts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// A violation.
    #[default]
    Fail,
    /// Survivable.
    Warn,
}

/// Whether a record is demanded of the stimulus.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordDemand {
    /// Exactly one record; its absence is a failure.
    #[default]
    Required,
    /// At most one record; its absence is a warning.
    Expected,
    /// At most one record; its absence is fine.
    Optional,
}
