//! How a valid request ended, for the answer and for the record alike.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde_json::value::RawValue;

use crate::audit::{Entry, ErrorInformation, PROTOCOL_ERROR};
use crate::rpc::{Answer, Echo, ErrorObject, code};

/// The end of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A result.
    Success(Box<RawValue>),
    /// A result with `isError`: the tool failed.
    ToolFailed { result: Box<RawValue>, class: &'static str, message: String },
    /// The caller wants no answer any more; the reason is his.
    Cancelled { reason: Option<String> },
    /// A JSON-RPC error.
    Refused { error: ErrorObject, class: &'static str },
}

impl Outcome {
    /// A JSON-RPC error without `data`.
    pub(crate) fn refused(code: i64, class: &'static str, message: impl Into<String>) -> Self {
        let error = ErrorObject::new(code, message);
        Self::Refused { error, class }
    }

    /// The parameters do not fit the method.
    pub(crate) fn invalid_params(message: impl Into<String>) -> Self {
        Self::refused(code::INVALID_PARAMS, "InvalidParams", message)
    }

    /// Our own fault; the message tells nothing about the inside.
    pub(crate) fn internal() -> Self {
        let message = "the gateway failed to serve this request";
        Self::refused(code::INTERNAL_ERROR, "InternalError", message)
    }

    /// The gateway ends before the request does.
    pub(crate) fn stopping() -> Self {
        Self::refused(code::INTERNAL_ERROR, "Stopping", "the gateway is stopping")
    }

    /// Notes the end in the record.
    pub(crate) fn note(&self, entry: &mut Entry) {
        match self {
            Self::Success(result) => entry.succeed(Some(result)),
            Self::ToolFailed { result, class, message } => entry.fail(
                ErrorInformation {
                    error_code: ErrorInformation::TOOL_ERROR.to_owned(),
                    error_class: class,
                    error_message: message.clone(),
                },
                Some(result),
            ),
            Self::Cancelled { reason } => entry.fail(cancellation(reason.as_deref()), None),
            Self::Refused { error, class } => {
                // Nothing was called. An upstream that knows no such method was.
                if *class == "MethodNotFound" {
                    entry.call_type(PROTOCOL_ERROR);
                }
                entry.fail(information(error, class), None);
            }
        }
    }

    /// The answer to the request with this id, if it still wants one.
    pub(crate) fn into_answer(self, id: &RawValue) -> Option<Answer> {
        let id = Echo::Of(id.to_owned());
        match self {
            Self::Success(result) | Self::ToolFailed { result, .. } => {
                Some(Answer::result(id, result))
            }
            Self::Refused { error, .. } => Some(Answer::error(id, error)),
            Self::Cancelled { .. } => None,
        }
    }
}

fn cancellation(reason: Option<&str>) -> ErrorInformation {
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    ErrorInformation {
        error_code: ErrorInformation::CANCELLED.to_owned(),
        error_class: "Cancelled",
        error_message: format!("the caller cancelled the request{reason}"),
    }
}

/// Runs a request. A panic of its handler is answered like any other failure.
pub(crate) async fn survive(work: impl Future<Output = Outcome>) -> Outcome {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Outcome::internal())
}

fn information(error: &ErrorObject, class: &'static str) -> ErrorInformation {
    ErrorInformation {
        error_code: error.code.to_string(),
        error_class: class,
        error_message: error.message.clone(),
    }
}
