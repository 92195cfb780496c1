//! The form of an audit record. It follows the standard logging object of LiteLLM, which is what
//! the pipelines of the field read.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::value::RawValue;

/// A finished record.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) trace_id: Option<String>,
    pub(crate) call_type: String,
    pub(crate) status: Status,
    /// Seconds since 1970.
    #[serde(rename = "startTime")]
    pub(crate) start_time: f64,
    /// Seconds since 1970.
    #[serde(rename = "endTime")]
    pub(crate) end_time: f64,
    pub(crate) error_information: Option<ErrorInformation>,
    /// The member `result` of the answer.
    pub(crate) response: Option<Box<RawValue>>,
    pub(crate) end_user: Option<String>,
    pub(crate) metadata: Metadata,
}

/// How the request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Success,
    Failure,
}

/// Why a request failed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ErrorInformation {
    /// The JSON-RPC code, the HTTP status of a refused caller, `tool_error` or `cancelled`.
    pub(crate) error_code: String,
    pub(crate) error_class: &'static str,
    pub(crate) error_message: String,
}

impl ErrorInformation {
    /// `error_code` of a result with `isError`, which has no code of its own.
    pub(crate) const TOOL_ERROR: &'static str = "tool_error";
    /// `error_code` of a request that its caller cancelled, which has no answer and so no code.
    pub(crate) const CANCELLED: &'static str = "cancelled";
}

/// What was asked for.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Metadata {
    pub(crate) mcp_tool_call_metadata: Option<ToolCall>,
    pub(crate) mcp_request: RequestFacts,
    /// Further facts about the requester; none are kept today.
    #[serde(flatten)]
    pub(crate) requester: BTreeMap<&'static str, String>,
}

/// The tool of a `tools/call`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ToolCall {
    /// The name that the upstream knows.
    pub(crate) name: String,
    pub(crate) arguments: Option<Box<RawValue>>,
    pub(crate) mcp_server_name: Option<String>,
    /// The name that the client sent.
    pub(crate) namespaced_tool_name: String,
}

/// The message and its connection.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct RequestFacts {
    pub(crate) jsonrpc_id: Option<Box<RawValue>>,
    pub(crate) method: Option<String>,
    pub(crate) session_id: Option<String>,
    pub(crate) protocol_version: Option<String>,
    pub(crate) transport: &'static str,
    pub(crate) correlation_id: Option<String>,
}

/// Seconds since 1970, with the fraction.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |elapsed| elapsed.as_secs_f64())
}

/// A fresh id of 128 random bits in hexadecimal digits.
pub(crate) fn new_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_128_bits_and_differ() {
        let (first, second) = (new_id(), new_id());
        assert_eq!(first.len(), 32);
        assert_ne!(first, second);
    }

    #[test]
    fn requester_facts_stand_beside_the_request() {
        let mut metadata = Metadata::default();
        metadata.requester.insert("extra", "x".to_owned());
        let text = serde_json::to_string(&metadata).expect("it serialises");
        assert!(text.starts_with(r#"{"mcp_tool_call_metadata":null,"mcp_request":{"#));
        assert!(text.ends_with(r#","extra":"x"}"#));
    }
}
