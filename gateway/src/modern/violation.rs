//! What can be wrong with a request before it is run.

use serde_json::json;

use crate::outcome::Outcome;
use crate::revision::Revision;
use crate::rpc::{ErrorObject, code};
use crate::text::shown;

/// Longer names of others are cut in messages.
const NAME_LIMIT: usize = 100;

/// A rule that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Violation {
    /// `_meta` lacks what every request must have.
    Meta(&'static str),
    /// A header is missing, repeated, unreadable, or says something else than the body.
    Header(String),
    /// The request names this revision, which is not spoken here.
    Version(String),
    /// There is no such method.
    Method(String),
}

impl Violation {
    /// The refusal of the request.
    pub(super) fn into_outcome(self) -> Outcome {
        match self {
            Self::Meta(message) => Outcome::invalid_params(format!("Invalid params: {message}")),
            Self::Header(message) => Outcome::refused(
                code::HEADER_MISMATCH,
                "HeaderMismatch",
                format!("Header mismatch: {message}"),
            ),
            Self::Version(requested) => unsupported(&requested),
            Self::Method(method) => Outcome::refused(
                code::METHOD_NOT_FOUND,
                "MethodNotFound",
                format!("Method not found: {}", shown(&method, NAME_LIMIT)),
            ),
        }
    }
}

fn unsupported(requested: &str) -> Outcome {
    let supported = Revision::STATELESS.map(Revision::name);
    let message = format!("Unsupported protocol version: {}", shown(requested, NAME_LIMIT));
    let data = json!({"supported": supported, "requested": requested});
    Outcome::Refused {
        error: ErrorObject::new(code::UNSUPPORTED_VERSION, message).with(&data),
        class: "UnsupportedProtocolVersion",
    }
}
