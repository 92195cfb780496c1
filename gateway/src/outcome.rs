//! How a valid request ended, for the answer and for the record alike.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde_json::value::RawValue;

use crate::audit::{Entry, ErrorInformation};
use crate::rpc::{Answer, Echo, ErrorObject, code};

/// The end of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A result.
    Success(Box<RawValue>),
    /// A result with `isError`: the tool failed.
    ToolFailed { result: Box<RawValue>, class: &'static str, message: String },
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
            Self::Refused { error, class } => entry.fail(information(error, class), None),
        }
    }

    /// The answer to the request with this id.
    pub(crate) fn into_answer(self, id: &RawValue) -> Answer {
        let id = Echo::Of(id.to_owned());
        match self {
            Self::Success(result) | Self::ToolFailed { result, .. } => Answer::result(id, result),
            Self::Refused { error, .. } => Answer::error(id, error),
        }
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
