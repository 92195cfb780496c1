//! The values of a profile that have a form of their own: durations, names, patterns.
//!
//! Each refuses a malformed text while the profile is read, so that the message carries the line.

use crate::audit::record::AuditRecord;
use serde::Deserialize;
use std::time::Duration;

/// Longest duration that a profile may name.
const LONGEST: Duration = Duration::from_secs(3600);

/// A field of [`AuditRecord`], by its name there.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Unique id of the record.
    Id,
    /// Trace id.
    TraceId,
    /// Kind of call.
    CallType,
    /// Success or failure.
    Status,
    /// Start of the call.
    Start,
    /// End of the call.
    End,
    /// Error code.
    ErrorCode,
    /// Error class.
    ErrorClass,
    /// Error message.
    ErrorMessage,
    /// What was answered.
    Response,
    /// End user that the caller named.
    EndUser,
    /// Name of the tool.
    ToolName,
    /// Arguments of the tool call.
    ToolArguments,
    /// Name of the upstream server.
    ServerName,
    /// Name of the tool with the upstream's prefix.
    NamespacedToolName,
    /// JSON-RPC id of the request.
    JsonrpcId,
    /// JSON-RPC method of the request.
    Method,
    /// MCP session id.
    SessionId,
    /// MCP revision.
    ProtocolVersion,
    /// Transport name.
    Transport,
    /// Value of the correlation header.
    CorrelationId,
}

impl Field {
    /// Every field, in the order of the record.
    pub const ALL: [Self; 21] = [
        Self::Id,
        Self::TraceId,
        Self::CallType,
        Self::Status,
        Self::Start,
        Self::End,
        Self::ErrorCode,
        Self::ErrorClass,
        Self::ErrorMessage,
        Self::Response,
        Self::EndUser,
        Self::ToolName,
        Self::ToolArguments,
        Self::ServerName,
        Self::NamespacedToolName,
        Self::JsonrpcId,
        Self::Method,
        Self::SessionId,
        Self::ProtocolVersion,
        Self::Transport,
        Self::CorrelationId,
    ];

    /// The name in profiles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::TraceId => "trace_id",
            Self::CallType => "call_type",
            Self::Status => "status",
            Self::Start => "start",
            Self::End => "end",
            Self::ErrorCode => "error_code",
            Self::ErrorClass => "error_class",
            Self::ErrorMessage => "error_message",
            Self::Response => "response",
            Self::EndUser => "end_user",
            Self::ToolName => "tool_name",
            Self::ToolArguments => "tool_arguments",
            Self::ServerName => "server_name",
            Self::NamespacedToolName => "namespaced_tool_name",
            Self::JsonrpcId => "jsonrpc_id",
            Self::Method => "method",
            Self::SessionId => "session_id",
            Self::ProtocolVersion => "protocol_version",
            Self::Transport => "transport",
            Self::CorrelationId => "correlation_id",
        }
    }

    /// Whether a record carries the field.
    #[must_use]
    pub const fn is_in(self, record: &AuditRecord) -> bool {
        match self {
            Self::Id => record.id.is_some(),
            Self::TraceId => record.trace_id.is_some(),
            Self::CallType => record.call_type.is_some(),
            Self::Status => record.status.is_some(),
            Self::Start => record.start.is_some(),
            Self::End => record.end.is_some(),
            Self::ErrorCode => record.error_code.is_some(),
            Self::ErrorClass => record.error_class.is_some(),
            Self::ErrorMessage => record.error_message.is_some(),
            Self::Response => record.response.is_some(),
            Self::EndUser => record.end_user.is_some(),
            Self::ToolName => record.tool_name.is_some(),
            Self::ToolArguments => record.tool_arguments.is_some(),
            Self::ServerName => record.server_name.is_some(),
            Self::NamespacedToolName => record.namespaced_tool_name.is_some(),
            Self::JsonrpcId => record.jsonrpc_id.is_some(),
            Self::Method => record.method.is_some(),
            Self::SessionId => record.session_id.is_some(),
            Self::ProtocolVersion => record.protocol_version.is_some(),
            Self::Transport => record.transport.is_some(),
            Self::CorrelationId => record.correlation_id.is_some(),
        }
    }
}

/// A duration written as a number and `ms`, `s` or `m`, at most one hour.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Seconds(pub(super) Duration);

impl TryFrom<String> for Seconds {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        duration(&text)
            .filter(|duration| *duration <= LONGEST)
            .map(Self)
            .ok_or_else(|| format!("`{text}` is no duration: write 300ms, 2s or 1m, at most 60m"))
    }
}

/// The duration of a whole number and its unit.
fn duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}

/// Name of a header field: a token of RFC 9110 section 5.6.2.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "String")]
pub struct HeaderName(String);

impl HeaderName {
    /// The name as written in the profile.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !text.is_empty() && text.bytes().all(token) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is no header name"))
        }
    }
}

/// A method, exactly, or every method with a prefix when written with a final `*`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct MethodPattern(String);

impl MethodPattern {
    /// Whether the pattern covers the method.
    #[must_use]
    pub fn covers(&self, method: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => method.starts_with(prefix),
            None => method == self.0,
        }
    }
}

impl TryFrom<String> for MethodPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let stars = text.matches('*').count();
        if stars == 0 || (stars == 1 && text.ends_with('*')) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is no method pattern: only a final * is understood"))
        }
    }
}
