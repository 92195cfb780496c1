//! One audit record in our vocabulary, with the raw text kept.

use crate::wire::json::Json;
use serde::Deserialize;

/// One record of the target. A field is none where the record does not carry it (absent, null or
/// empty text). Field names follow the house format, whose shape is `schemas/audit-record.schema.json`.
#[derive(Clone, Debug, Default)]
pub struct AuditRecord {
    /// Unique id of the record.
    pub id: Option<String>,
    /// Trace id (W3C trace context, 32 hexadecimal digits) or the product's own.
    pub trace_id: Option<String>,
    /// What kind of call was recorded, already translated by the profile's call-type map. An empty
    /// text stays an empty text: it is a defect of its own.
    pub call_type: Option<String>,
    /// `success` or `failure`.
    pub status: Option<Status>,
    /// Start of the call, seconds since the Unix epoch.
    pub start: Option<f64>,
    /// End of the call, seconds since the Unix epoch.
    pub end: Option<f64>,
    /// Error code as text.
    pub error_code: Option<String>,
    /// Error class, for example `UnknownTool`.
    pub error_class: Option<String>,
    /// Error message.
    pub error_message: Option<String>,
    /// What was answered, as JSON text; none for an absent, null or empty (`{}`, `""`) response. A run
    /// keeps all records, and a tree of a response takes several times the room of its text.
    pub response: Option<String>,
    /// The end user that the caller named.
    pub end_user: Option<String>,
    /// Name of the tool as the product records it.
    pub tool_name: Option<String>,
    /// Arguments of the tool call.
    pub tool_arguments: Option<Json>,
    /// Name of the upstream server.
    pub server_name: Option<String>,
    /// Name of the tool with the upstream's prefix.
    pub namespaced_tool_name: Option<String>,
    /// JSON-RPC id of the request, type and raw text kept.
    pub jsonrpc_id: Option<Json>,
    /// JSON-RPC method of the request.
    pub method: Option<String>,
    /// MCP session id.
    pub session_id: Option<String>,
    /// MCP revision.
    pub protocol_version: Option<String>,
    /// Transport name.
    pub transport: Option<String>,
    /// The value of the correlation header that the request carried.
    pub correlation_id: Option<String>,
    /// When it was read, seconds since the Unix epoch.
    pub taken: f64,
    /// Name of the profile's shape by which it was read.
    pub shape: String,
    /// Whether it is a record only where the exchange has no other one.
    pub auxiliary: bool,
    /// The record's own text as it was read, at most as long as the source's line bound.
    pub raw: String,
}

/// Outcome that a record states.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The call succeeded.
    Success,
    /// The call failed.
    Failure,
}
