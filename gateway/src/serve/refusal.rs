//! Refusals at the level of HTTP, JSON or the envelope: a status, an error and a line of the record.

use std::borrow::Cow;

use axum::http::{HeaderName, HeaderValue, StatusCode};

use crate::audit::{Entry, ErrorInformation};
use crate::json::Unreadable;
use crate::reply::{Framing, Reply};
use crate::rpc::{Answer, Defect, DefectKind, Echo, ErrorObject, code};

/// The field of a challenge (RFC 9110 section 11.6.1).
const CHALLENGE: &str = "www-authenticate";

/// Why a request is refused before it is dispatched.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    status: StatusCode,
    class: &'static str,
    code: i64,
    message: String,
    echo: Echo,
    header: Option<(&'static str, Cow<'static, str>)>,
    framing: Framing,
}

/// What sort of refusal it is, as far as others need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// The body is no JSON text.
    Unparsable,
    /// The id is neither a string nor an integer.
    InvalidId,
    /// The message asks for no answer; HTTP has a status for it all the same.
    Unasked,
    /// Anything else.
    Other,
}

impl Refusal {
    /// A refusal with code -32600 and `id: null`.
    pub(crate) fn new(status: StatusCode, class: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind: RefusalKind::Other,
            status,
            class,
            code: code::INVALID_REQUEST,
            message: message.into(),
            echo: Echo::Null,
            header: None,
            framing: Framing::Json,
        }
    }

    /// HTTP 400.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    /// JSON-RPC 2.0 section 5.1: -32700.
    pub(crate) fn unparsable(reason: Unreadable) -> Self {
        Self {
            kind: RefusalKind::Unparsable,
            code: code::PARSE_ERROR,
            class: "ParseError",
            ..Self::bad_request(format!("Parse error: {reason}"))
        }
    }

    /// JSON, but no valid message.
    pub(crate) fn defect(defect: Defect) -> Self {
        let kind = match defect.kind {
            DefectKind::BadId => RefusalKind::InvalidId,
            DefectKind::Unasked => RefusalKind::Unasked,
            DefectKind::Other => RefusalKind::Other,
        };
        Self {
            kind,
            ..Self::bad_request(format!("Invalid Request: {}", defect.message)).echoing(defect.echo)
        }
    }

    /// A line that is longer than what is read.
    pub(crate) fn line_too_long() -> Self {
        let message = "the line is longer than 4 MiB";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message)
    }

    /// A request before `initialize` on a connection that is the session. It may as well be one of
    /// the stateless revision that lacks its `_meta`, for which -32602 is demanded (2026-07-28,
    /// base protocol, General fields); the texts with sessions leave the code open.
    pub(crate) fn not_initialized(echo: Echo) -> Self {
        let message =
            "params._meta names no revision and there is no session; begin with initialize";
        Self {
            class: "SessionMissing",
            code: match echo {
                Echo::Of(_) => code::INVALID_PARAMS,
                Echo::Null | Echo::Omitted => code::INVALID_REQUEST,
            },
            ..Self::bad_request(message).echoing(echo)
        }
    }

    /// A message without a session, which it needs.
    pub(crate) fn session_missing(echo: Echo) -> Self {
        let message = "the header Mcp-Session-Id is missing; begin with initialize";
        Self { class: "SessionMissing", ..Self::bad_request(message).echoing(echo) }
    }

    /// A session that never was, or is no more.
    pub(crate) fn session_not_found(echo: Echo) -> Self {
        let message = "no such session; begin anew with initialize";
        Self::new(StatusCode::NOT_FOUND, "SessionNotFound", message).echoing(echo)
    }

    /// RFC 6750 section 3: a challenge, and an error code only if there were credentials.
    pub(crate) fn unauthorized(challenge: &'static str) -> Self {
        let message = "a valid bearer token is required";
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message).with(CHALLENGE, challenge)
    }

    /// A page of another site must not reach a server on the loopback.
    pub(crate) fn forbidden(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// RFC 9110 section 15.5.6: 405 names the methods that are allowed.
    pub(crate) fn method(allowed: &'static str) -> Self {
        let message = format!("the HTTP method is not one of {allowed}");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
            .with("allow", allowed)
    }

    /// No such path.
    pub(crate) fn unknown_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "there is nothing at this path")
    }

    /// A panic.
    pub(crate) fn internal() -> Self {
        let message = "the gateway failed to serve this request";
        Self {
            code: code::INTERNAL_ERROR,
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
        }
    }

    /// The gateway is going down.
    pub(crate) fn stopping() -> Self {
        Self {
            code: code::INTERNAL_ERROR,
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "Stopping", "the gateway is stopping")
        }
    }

    /// The same refusal of something that asks for no answer.
    pub(crate) fn unasked(self) -> Self {
        Self { kind: RefusalKind::Unasked, ..self }
    }

    /// The same refusal for the request with this id.
    pub(crate) fn echoing(self, echo: Echo) -> Self {
        Self { echo, ..self }
    }

    /// The same refusal without an id where it would be null: the schema of 2026-07-28 cannot
    /// express null.
    pub(crate) fn without_null_id(self) -> Self {
        let echo = if matches!(self.echo, Echo::Null) { Echo::Omitted } else { self.echo };
        Self { echo, ..self }
    }

    /// The same refusal, framed as the caller accepts it.
    pub(crate) fn framed(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }

    fn with(self, name: &'static str, value: &'static str) -> Self {
        let header = Some((name, Cow::Borrowed(value)));
        Self { header, ..self }
    }

    /// The same with a challenge that says where the metadata of the resource are (RFC 9728 section 5.1).
    pub(crate) fn pointing(self, metadata: impl FnOnce() -> String) -> Self {
        let header = match self.header {
            Some((CHALLENGE, challenge)) => {
                let pointing = format!(r#"{challenge}, resource_metadata="{}""#, metadata());
                Some((CHALLENGE, Cow::Owned(pointing)))
            }
            other => other,
        };
        Self { header, ..self }
    }

    /// Notes the refusal in the record. Callers who are turned away have no JSON-RPC code there:
    /// nothing of theirs was read.
    pub(crate) fn note(&self, entry: &mut Entry) {
        let turned_away = matches!(self.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        let error = ErrorInformation {
            error_code: if turned_away {
                self.status.as_str().to_owned()
            } else {
                self.code.to_string()
            },
            error_class: self.class,
            error_message: self.message.clone(),
        };
        entry.fail(error, None);
    }

    /// Whether the text itself is no JSON.
    pub(crate) fn is_unparsable(&self) -> bool {
        self.kind == RefusalKind::Unparsable
    }

    /// The message that is sent.
    pub(crate) fn into_answer(self) -> Answer {
        Answer::error(self.echo, ErrorObject::new(self.code, self.message))
    }

    /// The reply.
    pub(crate) fn into_reply(mut self) -> Reply {
        let header = self.header.take();
        let reply = Reply::message(self.status, self.framing, self.into_answer());
        let value =
            header.and_then(|(name, value)| Some((name, HeaderValue::try_from(&*value).ok()?)));
        match value {
            Some((name, value)) => reply.with(HeaderName::from_static(name), value),
            None => reply,
        }
    }
}
