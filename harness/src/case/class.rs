//! What an envelope *is* under one revision.

use std::fmt;

use serde::Deserialize;

/// The class of an envelope. A case file states it, the oracle reads it from bytes; a test demands
/// that the two agree.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A valid request for a method that the revision defines.
    Request,
    /// A valid envelope without member `id`: known or unknown method.
    Notification,
    /// A response that nobody asked for.
    Response,
    /// A valid request envelope for a method that the revision does not define.
    UnknownMethod,
    /// A known method whose params do not fit (also params that are an array or null).
    InvalidParams,
    /// A `tools/call` of a tool that the target does not have.
    UnknownTool,
    /// A `tools/call` whose arguments do not fit the tool's input schema.
    ToolArguments,
    /// JSON, but no valid Request object: version, method or params of a wrong kind.
    InvalidRequest,
    /// A request whose id is no string and no integer.
    InvalidId,
    /// Readable in two ways: duplicate members, or request and response at once.
    Ambiguous,
    /// A top-level value that is neither object nor array.
    Scalar,
    /// A top-level array.
    Batch,
    /// No JSON text.
    Unparsable,
    /// An empty body, or white space only.
    Empty,
    /// JSON nested deeper than any real message.
    TooDeep,
    /// A body larger than any real message.
    TooLarge,
    /// A request whose `_meta` does not say what the caller speaks (2026-07-28).
    MissingMeta,
    /// A request of a revision that nobody knows, by its own `_meta` (2026-07-28).
    UnsupportedVersion,
    /// A request whose headers do not mirror its body (2026-07-28).
    HeaderMismatch,
    /// An HTTP method that carries no message.
    HttpMethod,
    /// A POST whose Content-Type is not `application/json`.
    HttpContentType,
    /// A POST whose Accept does not admit both media types of an answer.
    HttpAccept,
    /// A session id that is missing, was never issued, or has ended.
    HttpSession,
    /// An `MCP-Protocol-Version` that is unknown or missing.
    HttpProtocolVersion,
    /// Credentials that are missing or wrong.
    HttpCredentials,
    /// An Origin or Host that does not belong to the target.
    HttpOrigin,
}

impl Class {
    /// Whether the defect is one of HTTP, so that the target may refuse it without reading the body.
    #[must_use]
    pub const fn is_http(self) -> bool {
        matches!(
            self,
            Self::HttpMethod
                | Self::HttpContentType
                | Self::HttpAccept
                | Self::HttpSession
                | Self::HttpProtocolVersion
                | Self::HttpCredentials
                | Self::HttpOrigin
        )
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Notification => "notification",
            Self::Response => "response",
            Self::UnknownMethod => "unknown-method",
            Self::InvalidParams => "invalid-params",
            Self::UnknownTool => "unknown-tool",
            Self::ToolArguments => "tool-arguments",
            Self::InvalidRequest => "invalid-request",
            Self::InvalidId => "invalid-id",
            Self::Ambiguous => "ambiguous",
            Self::Scalar => "scalar",
            Self::Batch => "batch",
            Self::Unparsable => "unparsable",
            Self::Empty => "empty",
            Self::TooDeep => "too-deep",
            Self::TooLarge => "too-large",
            Self::MissingMeta => "missing-meta",
            Self::UnsupportedVersion => "unsupported-version",
            Self::HeaderMismatch => "header-mismatch",
            Self::HttpMethod => "http-method",
            Self::HttpContentType => "http-content-type",
            Self::HttpAccept => "http-accept",
            Self::HttpSession => "http-session",
            Self::HttpProtocolVersion => "http-protocol-version",
            Self::HttpCredentials => "http-credentials",
            Self::HttpOrigin => "http-origin",
        })
    }
}
