//! A call of a tool, and what came of it.

use serde_json::value::RawValue;

use super::era::{Brought, Era};
use super::incoming::Reply;
use crate::json::{member, members, raw};
use crate::notice::Notices;
use crate::outcome::Outcome;
use crate::rpc::ErrorObject;

/// What an upstream is asked to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ToolCall<'a> {
    /// The name that the upstream knows.
    pub(crate) name: &'a str,
    pub(crate) arguments: Option<&'a RawValue>,
    /// The only header of the caller that travels on.
    pub(crate) traceparent: Option<&'a str>,
    /// Where the upstream tells how far it is. Of what others tell only the progress is passed on.
    pub(crate) notices: &'a Notices,
    /// What it brings along where the caller's revision has no handshake.
    pub(crate) brought: Option<Brought<'a>>,
}

impl ToolCall<'_> {
    /// The era of its caller.
    pub(crate) const fn era(&self) -> Era {
        if self.brought.is_some() { Era::Stateless } else { Era::Handshake }
    }

    /// What a retry with given input asks for; none where it is no retry.
    pub(super) fn retry(&self) -> Option<String> {
        let responses = self.brought?.responses?;
        let arguments = self.arguments.map_or("", RawValue::get);
        Some(format!("{} {arguments} {responses}", self.name))
    }
}

/// What came of a call.
#[derive(Debug)]
pub(crate) enum CallOutcome {
    /// The upstream answered with a result, which may say `isError`.
    Answered { result: Box<RawValue>, is_error: bool },
    /// The upstream answered with a JSON-RPC error.
    Rejected(ErrorObject),
    /// The upstream did not answer.
    Unavailable { alias: String, cause: Unavailable },
}

/// Why an upstream did not answer. The texts name no address and no internals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unavailable {
    /// No connection.
    #[error("no connection could be made")]
    Connect,
    /// The connection broke.
    #[error("the connection broke")]
    Broken,
    /// The deadline passed.
    #[error("no answer in time")]
    Timeout,
    /// An HTTP status that is no answer.
    #[error("it answered with HTTP status {0}")]
    Status(u16),
    /// Something that is no answer in the protocol.
    #[error("it answered with something that is no {0}")]
    Garbage(&'static str),
}

impl Unavailable {
    /// `error_class` of the record.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Connect | Self::Broken => "UpstreamUnreachable",
            Self::Timeout => "UpstreamTimeout",
            Self::Status(_) | Self::Garbage(_) => "UpstreamProtocol",
        }
    }
}

impl From<Reply> for CallOutcome {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Result(result) => Self::answered(result),
            Reply::Error(error) => Self::Rejected(error),
        }
    }
}

impl CallOutcome {
    /// A result as the upstream sent it.
    pub(crate) fn answered(result: Box<RawValue>) -> Self {
        let is_error = members(&result)
            .and_then(|members| member(&members, "isError").map(|flag| flag.get() == "true"))
            .unwrap_or(false);
        Self::Answered { result, is_error }
    }

    /// What the caller is told.
    pub(crate) fn into_outcome(self) -> Outcome {
        match self {
            Self::Answered { result, is_error: false } => Outcome::Success(result),
            Self::Answered { result, .. } => Outcome::ToolFailed {
                result,
                class: "ToolError",
                message: "the tool reported an error".to_owned(),
            },
            Self::Rejected(error) => Outcome::Refused { error, class: "UpstreamError" },
            Self::Unavailable { alias, cause } => {
                let message = format!("upstream {alias} is unreachable: {cause}");
                Outcome::ToolFailed {
                    result: text_result(&message, true),
                    class: cause.class(),
                    message,
                }
            }
        }
    }
}

/// A tool result with one text.
pub(crate) fn text_result(text: &str, is_error: bool) -> Box<RawValue> {
    let text = serde_json::Value::from(text);
    let flag = if is_error { r#","isError":true"# } else { "" };
    raw(format!(r#"{{"content":[{{"type":"text","text":{text}}}]{flag}}}"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_says_itself_whether_it_is_an_error() {
        for (result, expected) in [
            (r#"{"content":[]}"#, false),
            (r#"{"content":[],"isError":false}"#, false),
            (r#"{"content":[],"isError" : true}"#, true),
            (r#"{"content":[{"isError":true}]}"#, false),
        ] {
            let outcome = CallOutcome::answered(raw(result.to_owned()));
            let CallOutcome::Answered { is_error, .. } = outcome else {
                panic!("it is answered");
            };
            assert_eq!(is_error, expected, "{result}");
        }
    }

    #[test]
    fn an_unreachable_upstream_is_a_failed_tool() {
        let outcome =
            CallOutcome::Unavailable { alias: "a".to_owned(), cause: Unavailable::Timeout };
        let Outcome::ToolFailed { result, class, .. } = outcome.into_outcome() else {
            panic!("it is a failed tool");
        };
        assert_eq!(class, "UpstreamTimeout");
        assert_eq!(
            result.get(),
            r#"{"content":[{"type":"text","text":"upstream a is unreachable: no answer in time"}],"isError":true}"#
        );
    }
}
