//! The values of a profile that have a form of their own: pointers, durations, names, patterns.
//!
//! Each refuses a malformed text while the profile is read, so that the message carries the line.

use serde::Deserialize;
use std::time::Duration;

/// Longest duration that a profile may name.
const LONGEST: Duration = Duration::from_secs(3600);

/// A field of [`AuditRecord`](crate::audit::record::AuditRecord), by its name there.
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

/// A JSON pointer (RFC 6901), checked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Pointer(String);

impl Pointer {
    /// The pointer's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Pointer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let rooted = text.is_empty() || text.starts_with('/');
        let escaped = text.split('~').skip(1).all(|part| part.starts_with(['0', '1']));
        if rooted && escaped {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is no JSON pointer: empty, or /a/b with ~0 for ~ and ~1 for /"))
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
