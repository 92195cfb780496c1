//! Answers and errors as they go over the wire.

use serde::Serialize;
use serde_json::value::RawValue;

use super::Echo;
use crate::json::raw;

/// Error codes of JSON-RPC 2.0 section 5.1, and those that MCP adds.
pub(crate) mod code {
    /// The body is not JSON.
    pub(crate) const PARSE_ERROR: i64 = -32700;
    /// The caller cancelled the request; a code of our own, outside of what JSON-RPC reserves.
    pub(crate) const CANCELLED: i64 = -32800;
    /// JSON, but no valid message.
    pub(crate) const INVALID_REQUEST: i64 = -32600;
    /// No such resource (resources, Error Handling, until 2025-11-25).
    pub(crate) const RESOURCE_NOT_FOUND: i64 = -32002;
    /// No such method.
    pub(crate) const METHOD_NOT_FOUND: i64 = -32601;
    /// The parameters do not fit the method.
    pub(crate) const INVALID_PARAMS: i64 = -32602;
    /// The fault is ours.
    pub(crate) const INTERNAL_ERROR: i64 = -32603;
    /// A header does not say what the body says (2026-07-28, Server Validation).
    pub(crate) const HEADER_MISMATCH: i64 = -32020;
    /// The request needs something that its client cannot do (2026-07-28, General fields).
    pub(crate) const MISSING_CAPABILITY: i64 = -32021;
    /// The request names a revision that is not spoken here (2026-07-28, Versioning).
    pub(crate) const UNSUPPORTED_VERSION: i64 = -32022;
}

/// The member `error` of an answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ErrorObject {
    pub(crate) code: i64,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Box<RawValue>>,
}

impl ErrorObject {
    /// An error without `data`.
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// The same error with `data`.
    pub(crate) fn with(self, data: &serde_json::Value) -> Self {
        Self { data: Some(raw(data.to_string())), ..self }
    }
}

/// One response message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Answer {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) result: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorObject>,
    /// The method that is answered, where it could be read; not sent.
    #[serde(skip)]
    pub(crate) method: Option<String>,
}

impl Answer {
    /// A successful answer.
    pub(crate) fn result(id: Echo, result: Box<RawValue>) -> Self {
        Self {
            jsonrpc: "2.0",
            id: id.into_member(),
            result: Some(result),
            error: None,
            method: None,
        }
    }

    /// An error.
    pub(crate) fn error(id: Echo, error: ErrorObject) -> Self {
        Self {
            jsonrpc: "2.0",
            id: id.into_member(),
            result: None,
            error: Some(error),
            method: None,
        }
    }

    /// Remembers which method is answered.
    pub(crate) fn to(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// The message as one line of JSON.
    pub(crate) fn text(&self) -> Box<RawValue> {
        serde_json::value::to_raw_value(self).unwrap_or_else(|_| raw(String::from("null")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_result_or_an_error() {
        let id = Echo::Of(raw("1.0".to_owned()));
        let answer = Answer::result(id, raw("{}".to_owned()));
        assert_eq!(answer.text().get(), r#"{"jsonrpc":"2.0","id":1.0,"result":{}}"#);
        let answer = Answer::error(Echo::Null, ErrorObject::new(code::PARSE_ERROR, "no"));
        assert_eq!(
            answer.text().get(),
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}"#
        );
        let answer = Answer::error(Echo::Omitted, ErrorObject::new(-32600, "no"));
        assert!(!answer.text().get().contains("id"));
    }
}
