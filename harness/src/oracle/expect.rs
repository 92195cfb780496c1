//! The table class x revision -> permitted replies, for cases and generated envelopes that name
//! none of their own. Sources: JSON-RPC 2.0 sections 4 to 6, the MCP transport pages, and the
//! latitude that those texts leave; what good implementations do differently is a warning at most.

mod latitude;
mod modern;
pub mod several;
pub mod stdio;

use std::collections::BTreeMap;

use super::classify::Reading;
use crate::case::Case;
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule, StatusRule};
use crate::wire::json::Json;
use crate::wire::revision::Revision;
use latitude::{add_statuses, admit_refusals, with_latitude};

/// JSON-RPC 2.0 section 5.1.
pub const PARSE_ERROR: i64 = -32700;
/// JSON-RPC 2.0 section 5.1.
pub const INVALID_REQUEST: i64 = -32600;
/// JSON-RPC 2.0 section 5.1.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// JSON-RPC 2.0 section 5.1.
pub const INVALID_PARAMS: i64 = -32602;
/// JSON-RPC 2.0 section 5.1.
pub const INTERNAL_ERROR: i64 = -32603;

/// MCP 2026-07-28, base protocol: the client has not declared what the request needs.
pub const MISSING_CAPABILITY: i64 = -32021;

/// Statuses by which a server refuses a message that it could not read into its own types, without
/// a JSON-RPC body (LAT-EMPTY-BODY). Not 404: that means a lost session.
const UNREAD: [&str; 4] = ["400", "413", "415", "422"];

/// The permitted replies of one class.
pub type Replies = BTreeMap<ReplyKind, Allowed>;

/// What a case permits under a revision: the replies that it names, or else those of its class.
#[must_use]
pub fn permitted(case: &Case, revision: Revision, reading: &Reading) -> Replies {
    let named = &case.expectation.replies;
    let class = case.stimulus.class;
    let mut permitted = if named.is_empty() {
        replies(class, revision, reading.id_readable)
    } else {
        with_latitude(named.clone(), class)
    };
    let written_for = if case.expectation.any_revision { &[] } else { &case.revisions[..] };
    adapt(&mut permitted, (class, revision), written_for, reading);
    admit_refusals(&mut permitted, class);
    permitted
}

/// Fits what is permitted to what the message is beyond its class.
fn adapt(
    permitted: &mut Replies,
    (class, revision): (Class, Revision),
    of: &[Revision],
    reading: &Reading,
) {
    if revision.is_modern() {
        modern::adapt(permitted, class, of, reading);
    }
    // Arguments that are known to violate the tool's schema must not be executed with defaults;
    // `null` for the whole of them may count as absent (TOOL-ARGS-NULL).
    let null = reading.arguments.as_ref().is_some_and(Json::is_null);
    if reading.class == Class::ToolArguments && !null {
        permitted.remove(&ReplyKind::Result);
    }
}

/// The replies that a class permits under a revision. `id_readable`: whether the envelope carries
/// an id that the target can read and must therefore echo (MCP base protocol, Responses).
#[must_use]
pub fn replies(class: Class, revision: Revision, id_readable: bool) -> Replies {
    if revision.is_modern() {
        return modern::replies(class, id_readable);
    }
    match class {
        Class::MissingMeta | Class::UnsupportedVersion | Class::HeaderMismatch | Class::Request => {
            map([(ReplyKind::Result, ok_result())])
        }
        Class::Notification => notification(),
        Class::Response => response(),
        Class::UnknownMethod => unknown_method(),
        Class::InvalidParams => invalid_params(),
        Class::UnknownTool => unknown_tool(),
        Class::ToolArguments => tool_arguments(revision),
        Class::InvalidRequest => invalid_request(id_readable),
        Class::InvalidId => invalid_id(),
        Class::Ambiguous => tolerated(),
        Class::Scalar => scalar(),
        Class::Batch => batch(revision),
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
        Class::HttpSession => session(),
        Class::HttpProtocolVersion => map([http(&["400"], &[]), refusal(&["400"], &[])]),
        Class::HttpCredentials => {
            map([http(&["401"], &["403", "400"]), refusal(&["401"], &["403", "400"])])
        }
        Class::HttpOrigin => origin(revision),
    }
}

fn ok_result() -> Allowed {
    Allowed { status: statuses(&["200"]), ..Allowed::default() }
}

/// LAT-HTTP: no text before 2026-07-28 maps JSON-RPC errors to a status, 404 means a lost session.
fn unknown_method() -> Replies {
    let error = Allowed {
        code: vec![METHOD_NOT_FOUND],
        // Every server on the Python SDK 1.x answers -32602: a wrong code, but an answer.
        code_warn: vec![INVALID_PARAMS],
        id: vec![IdRule::Echo],
        status: statuses(&["200"]),
        status_warn: statuses(&["400", "422", "500", "501"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), http_warn(&UNREAD)])
}

fn invalid_params() -> Replies {
    let error = Allowed {
        code: vec![INVALID_PARAMS],
        code_warn: vec![INVALID_REQUEST, INTERNAL_ERROR],
        id: vec![IdRule::Echo],
        status: statuses(&["200"]),
        status_warn: statuses(&["400", "422", "500"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), http_warn(&UNREAD)])
}

/// tools.mdx: a protocol error, -32602 by example; the high-level SDKs answer `isError`.
fn unknown_tool() -> Replies {
    let error = Allowed {
        code: vec![INVALID_PARAMS],
        code_warn: vec![METHOD_NOT_FOUND],
        id: vec![IdRule::Echo],
        status: statuses(&["200"]),
        status_warn: statuses(&["400", "422", "500"]),
        ..Allowed::default()
    };
    let tool_error = Allowed { grade: Grade::Warn, ..ok_result() };
    map([(ReplyKind::Error, error), (ReplyKind::ToolError, tool_error), http_warn(&UNREAD)])
}

/// Until 2025-06-18 both readings stand in the text; since 2025-11-25 (SEP-1303) it is `isError`.
fn tool_arguments(revision: Revision) -> Replies {
    let newest = revision >= Revision::V2025_11_25;
    let grade = if newest { Grade::Warn } else { Grade::Pass };
    let error = Allowed {
        grade,
        code: vec![INVALID_PARAMS],
        code_warn: if newest { Vec::new() } else { vec![INTERNAL_ERROR] },
        id: vec![IdRule::Echo],
        status: statuses(&["200"]),
        status_warn: statuses(&["400", "422", "500"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), (ReplyKind::ToolError, ok_result()), http_warn(&UNREAD)])
}

/// LAT-ENVELOPE: -32600 with the id; a null or omitted id, or -32602, can be survived.
fn invalid_request(id_readable: bool) -> Replies {
    let (id, id_warn) = if id_readable {
        (vec![IdRule::Echo], vec![IdRule::Null, IdRule::Absent])
    } else {
        (vec![IdRule::Null, IdRule::Absent], Vec::new())
    };
    let error = Allowed {
        code: vec![INVALID_REQUEST],
        code_warn: vec![INVALID_PARAMS, PARSE_ERROR],
        id,
        id_warn,
        status: statuses(&["400", "200"]),
        status_warn: statuses(&["422"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), http_warn(&["4xx"])])
}

fn invalid_id() -> Replies {
    let error = Allowed {
        code: vec![INVALID_REQUEST],
        code_warn: vec![INVALID_PARAMS, PARSE_ERROR],
        id: vec![IdRule::Null, IdRule::Absent],
        id_warn: vec![IdRule::Echo],
        status: statuses(&["400", "200"]),
        status_warn: statuses(&["422"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), http_warn(&["4xx"])])
}

fn unparsable() -> Replies {
    let error = Allowed {
        code: vec![PARSE_ERROR],
        code_warn: vec![INVALID_REQUEST],
        id: vec![IdRule::Null, IdRule::Absent],
        status: statuses(&["400"]),
        status_warn: statuses(&["200", "415", "422"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), http_warn(&["400", "415", "422"])])
}

fn empty() -> Replies {
    let error = Allowed {
        code: vec![PARSE_ERROR, INVALID_REQUEST],
        id: vec![IdRule::Null, IdRule::Absent],
        status: statuses(&["400"]),
        status_warn: statuses(&["411", "415", "422", "200"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), http_warn(&["400", "411", "415", "422"])])
}

fn scalar() -> Replies {
    let error = Allowed {
        code: vec![INVALID_REQUEST],
        code_warn: vec![PARSE_ERROR, INVALID_PARAMS],
        id: vec![IdRule::Null, IdRule::Absent],
        status: statuses(&["400"]),
        status_warn: statuses(&["200", "422"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Error, error), http_warn(&["4xx"])])
}

/// Batches must be received under 2025-03-26, though SDKs that negotiate it refuse them in plain
/// sight; they were removed in 2025-06-18, where some implementations still process them.
fn batch(revision: Revision) -> Replies {
    let mut replies = scalar();
    if let Some(error) = replies.get_mut(&ReplyKind::Error) {
        error.code_warn = vec![INVALID_PARAMS, PARSE_ERROR];
    }
    if revision == Revision::V2025_03_26 {
        for refused in replies.values_mut() {
            refused.grade = Grade::Warn;
        }
        replies.insert(ReplyKind::Batch, ok_result());
        return replies;
    }
    for kind in [ReplyKind::Batch, ReplyKind::Result] {
        replies.insert(kind, Allowed { grade: Grade::Warn, ..ok_result() });
    }
    replies
}

/// Accepted: 202 and empty. Refused: a 4xx whose body, if any, has no id.
fn notification() -> Replies {
    let accepted = Allowed { status: statuses(&["202"]), ..Allowed::default() };
    let error = Allowed {
        id: vec![IdRule::Absent],
        id_warn: vec![IdRule::Null],
        status: statuses(&["4xx"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Accepted, accepted), http(&["4xx"], &[]), (ReplyKind::Error, error)])
}

fn response() -> Replies {
    let accepted = Allowed { status: statuses(&["202"]), ..Allowed::default() };
    let error = Allowed {
        id: vec![IdRule::Absent, IdRule::Null],
        status: statuses(&["4xx"]),
        ..Allowed::default()
    };
    map([(ReplyKind::Accepted, accepted), http(&["4xx"], &[]), (ReplyKind::Error, error)])
}

/// What RFC 8259 leaves to the implementation: served or refused, but answered once, with a
/// correlated id, by a target that lives on.
fn tolerated() -> Replies {
    let error = Allowed {
        code: vec![PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS],
        code_warn: vec![INTERNAL_ERROR, METHOD_NOT_FOUND],
        id: vec![IdRule::Null, IdRule::Absent, IdRule::Echo],
        status: statuses(&["400", "200", "413"]),
        status_warn: statuses(&["422", "500"]),
        ..Allowed::default()
    };
    map([
        (ReplyKind::Result, ok_result()),
        (ReplyKind::ToolError, ok_result()),
        (ReplyKind::Error, error),
        http_warn(&UNREAD),
    ])
}

fn too_large() -> Replies {
    let mut replies = tolerated();
    let plain = Allowed { status: statuses(&["400", "413"]), ..Allowed::default() };
    replies.insert(ReplyKind::Http, plain);
    let warned = Allowed { grade: Grade::Warn, ..Allowed::default() };
    replies.insert(ReplyKind::Closed, warned);
    replies
}

/// MCP names no status for a wrong Content-Type or Accept: refused, or served with a warning.
fn lenient(statuses_that_pass: &[&str]) -> Replies {
    let served = Allowed { grade: Grade::Warn, ..ok_result() };
    map([
        http(statuses_that_pass, &["4xx"]),
        refusal(statuses_that_pass, &["4xx", "200"]),
        (ReplyKind::Result, served),
    ])
}

fn accept() -> Replies {
    map([
        http(&["406", "400"], &["4xx"]),
        refusal(&["406", "400"], &["4xx", "200"]),
        (ReplyKind::Result, ok_result()),
    ])
}

/// An ended session is 404; one never issued may be 400; a stateless server ignores the id.
fn session() -> Replies {
    let served = Allowed { grade: Grade::Warn, ..ok_result() };
    map([http(&["404"], &["400"]), refusal(&["404"], &["400"]), (ReplyKind::Result, served)])
}

/// 403 since 2025-11-25; before, any refusal.
fn origin(revision: Revision) -> Replies {
    let (pass, warn): (&[&str], &[&str]) =
        if revision >= Revision::V2025_11_25 { (&["403"], &["4xx"]) } else { (&["4xx"], &[]) };
    // Gateways commonly leave the check to the proxy before them, so serving is a warning.
    let served = Allowed { grade: Grade::Warn, ..ok_result() };
    map([http(pass, warn), refusal(pass, warn), (ReplyKind::Result, served)])
}

/// A JSON-RPC error as the body of an HTTP refusal: any code, and the id if it was read.
fn refusal(pass: &[&str], warn: &[&str]) -> (ReplyKind, Allowed) {
    let error = Allowed {
        id: vec![IdRule::Null, IdRule::Absent, IdRule::Echo],
        status: statuses(pass),
        status_warn: statuses(warn),
        ..Allowed::default()
    };
    (ReplyKind::Error, error)
}

fn http(pass: &[&str], warn: &[&str]) -> (ReplyKind, Allowed) {
    let allowed =
        Allowed { status: statuses(pass), status_warn: statuses(warn), ..Allowed::default() };
    (ReplyKind::Http, allowed)
}

/// LAT-EMPTY-BODY: the caller can tell the failure but not match it.
fn http_warn(status: &[&str]) -> (ReplyKind, Allowed) {
    let (kind, allowed) = http(status, &[]);
    (kind, Allowed { grade: Grade::Warn, ..allowed })
}

fn map<const N: usize>(entries: [(ReplyKind, Allowed); N]) -> Replies {
    BTreeMap::from(entries)
}

fn statuses(texts: &[&str]) -> Vec<StatusRule> {
    let rule = |text: &&str| match text.strip_suffix("xx") {
        Some(hundred) => hundred.parse().ok().map(StatusRule::Hundred),
        None => text.parse().ok().map(StatusRule::Exactly),
    };
    texts.iter().filter_map(rule).collect()
}
