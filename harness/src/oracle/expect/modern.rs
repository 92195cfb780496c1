//! The same table for revision 2026-07-28, where it is another: statuses are part of it, an unknown
//! method is 404, and batches and responses of a client are no longer messages.

use super::{
    INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR, Replies,
    UNREAD, accept, add_statuses, empty, http, http_warn, invalid_id, invalid_request, lenient,
    map, notification, ok_result, origin, refusal, scalar, statuses, tolerated, too_large,
    unparsable,
};
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule};
use crate::oracle::classify::Reading;
use crate::wire::mirror;
use crate::wire::revision::Revision;

/// What a resource that does not exist was answered with until 2025-11-25.
const RETIRED: i64 = -32002;
/// Headers and body of a request disagree.
pub(super) const HEADER_MISMATCH: i64 = -32020;
/// The request names a revision that the target does not speak.
pub(super) const UNSUPPORTED_VERSION: i64 = -32022;

/// The replies that a class permits; `id_readable` as for the older revisions.
pub(super) fn replies(class: Class, id_readable: bool) -> Replies {
    match class {
        Class::Request | Class::HttpSession | Class::HttpProtocolVersion => {
            map([(ReplyKind::Result, typed_result())])
        }
        Class::Notification => notification(),
        Class::Response => response(),
        Class::UnknownMethod => unknown_method(),
        Class::MissingMeta => missing_meta(),
        Class::UnsupportedVersion => unsupported_version(),
        Class::HeaderMismatch => header_mismatch(),
        Class::InvalidParams => invalid_params(),
        Class::UnknownTool => unknown_tool(),
        Class::ToolArguments => tool_arguments(),
        Class::InvalidRequest => mirrored(invalid_request(id_readable)),
        Class::InvalidId => mirrored(invalid_id()),
        Class::Ambiguous => mirrored(tolerated()),
        Class::Scalar => scalar(),
        Class::Batch => batch(),
        Class::Unparsable => unparsable(),
        Class::Empty => empty(),
        Class::TooDeep => tolerated(),
        Class::TooLarge => too_large(),
        Class::HttpMethod => map([
            http(&["405", "501"], &["404", "400", "406"]),
            refusal(&["405", "501"], &["404", "400", "406"]),
        ]),
        Class::HttpContentType => lenient(&["415", "400"]),
        Class::HttpAccept => accept(),
        Class::HttpCredentials => {
            map([http(&["401"], &["403", "400"]), refusal(&["401"], &["403", "400"])])
        }
        Class::HttpOrigin => origin(Revision::V2026_07_28),
    }
}

/// Fits what a case permits under every revision to this one. A case of this revision alone says
/// what it means.
pub(super) fn adapt(replies: &mut Replies, class: Class, of: &[Revision], reading: &Reading) {
    let Some(error) = replies.get_mut(&ReplyKind::Error) else { return };
    // What a case permits of the server's range may hold a code that is retired here.
    error.code_warn.retain(|code| *code != RETIRED);
    // A name that is no text agrees with no header either: both errors fit (LAT-PRECEDENCE).
    if class == Class::InvalidParams && reading.nameless {
        error.code.push(HEADER_MISMATCH);
    }
    // Nor does a method that no header can carry as it stands.
    let method = reading.method.as_deref().unwrap_or_default();
    let unwritable =
        class == Class::UnknownMethod && (method.is_empty() || mirror::encode(method) != method);
    if unwritable {
        error.code.push(HEADER_MISMATCH);
        error.status = statuses(&["404", "400"]);
    }
    if unwritable || of == [Revision::V2026_07_28] {
        return;
    }
    if class == Class::UnknownMethod {
        error.status = statuses(&["404"]);
        // An error of another kind, where the case permits one, has the status of that.
        error.status_warn =
            if error.code == [METHOD_NOT_FOUND] { Vec::new() } else { statuses(&FREE) };
        return;
    }
    // Whatever the case is about, this is the status of an unknown method.
    if error.code.contains(&METHOD_NOT_FOUND) {
        add_statuses(&mut error.status, statuses(&["404"]));
    }
    let both = error.status.iter().chain(&error.status_warn);
    if both.clone().any(|rule| rule.admits(200)) || both.clone().any(|rule| rule.admits(400)) {
        add_statuses(&mut error.status, statuses(&FREE));
    }
}

/// Every result says what it is (base protocol, Responses).
fn typed_result() -> Allowed {
    let kinds = [("/resultType".to_owned(), "string".to_owned())].into();
    Allowed { kinds, ..ok_result() }
}

/// An error with the id of the request.
fn error(code: &[i64], code_warn: &[i64], status: &[&str], status_warn: &[&str]) -> Allowed {
    Allowed {
        code: code.to_vec(),
        code_warn: code_warn.to_vec(),
        id: vec![IdRule::Echo],
        status: statuses(status),
        status_warn: statuses(status_warn),
        ..Allowed::default()
    }
}

/// Only this error is 404; a 404 without a body says nothing of the method.
fn unknown_method() -> Replies {
    map([(ReplyKind::Error, error(&[METHOD_NOT_FOUND], &[], &["404"], &[]))])
}

/// General fields of the base protocol: -32602 and 400. Other checks may come first.
fn missing_meta() -> Replies {
    // Of another kind than an object it makes the whole message invalid, too.
    let other = [HEADER_MISMATCH, UNSUPPORTED_VERSION, INVALID_REQUEST];
    map([(ReplyKind::Error, error(&[INVALID_PARAMS], &other, &["400"], &[])), http_warn(&["400"])])
}

fn unsupported_version() -> Replies {
    let kinds = [("/data/supported", "array"), ("/data/requested", "string")];
    let kinds = kinds.map(|(pointer, kind)| (pointer.to_owned(), kind.to_owned())).into();
    let error = error(&[UNSUPPORTED_VERSION], &[], &["400"], &[]);
    map([(ReplyKind::Error, Allowed { kinds, ..error })])
}

/// The status is a MUST; the code is scored as a SHOULD by the official suite.
fn header_mismatch() -> Replies {
    let other = [INVALID_REQUEST, INVALID_PARAMS, METHOD_NOT_FOUND, UNSUPPORTED_VERSION];
    map([(ReplyKind::Error, error(&[HEADER_MISMATCH], &other, &["400"], &[])), http_warn(&["400"])])
}

/// No text fixes the status of an error that a method itself raises.
const FREE: [&str; 2] = ["200", "400"];

fn invalid_params() -> Replies {
    let other = [INVALID_REQUEST, INTERNAL_ERROR];
    let error = error(&[INVALID_PARAMS], &other, &FREE, &["422", "500"]);
    map([(ReplyKind::Error, error), http_warn(&UNREAD)])
}

fn unknown_tool() -> Replies {
    let error = error(&[INVALID_PARAMS], &[METHOD_NOT_FOUND], &FREE, &["422", "500"]);
    let tool_error = Allowed { grade: Grade::Warn, ..ok_result() };
    map([(ReplyKind::Error, error), (ReplyKind::ToolError, tool_error), http_warn(&UNREAD)])
}

fn tool_arguments() -> Replies {
    let error = error(&[INVALID_PARAMS], &[], &FREE, &["422", "500"]);
    let error = Allowed { grade: Grade::Warn, ..error };
    map([(ReplyKind::Error, error), (ReplyKind::ToolError, ok_result()), http_warn(&UNREAD)])
}

/// A message without a method that can be read cannot agree with its headers either, so that this
/// may be what is said of it (LAT-PRECEDENCE).
fn mirrored(mut replies: Replies) -> Replies {
    if let Some(error) = replies.get_mut(&ReplyKind::Error) {
        error.code_warn.push(HEADER_MISMATCH);
    }
    replies
}

/// Clients must not send responses any more.
fn response() -> Replies {
    let error = Allowed {
        code: vec![INVALID_REQUEST, HEADER_MISMATCH],
        code_warn: vec![INVALID_PARAMS, PARSE_ERROR],
        id: vec![IdRule::Absent, IdRule::Null],
        status: statuses(&["400"]),
        status_warn: statuses(&["4xx"]),
        ..Allowed::default()
    };
    let accepted = Allowed { grade: Grade::Warn, status: statuses(&["202"]), ..Allowed::default() };
    map([(ReplyKind::Error, error), http(&["400"], &["4xx"]), (ReplyKind::Accepted, accepted)])
}

fn batch() -> Replies {
    let mut replies = scalar();
    if let Some(error) = replies.get_mut(&ReplyKind::Error) {
        error.code_warn = vec![INVALID_PARAMS, PARSE_ERROR, HEADER_MISMATCH];
    }
    replies
}
