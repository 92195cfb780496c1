//! What every result and every refusal of the stateless revision carries.

use axum::http::StatusCode;
use serde_json::json;
use serde_json::value::RawValue;

use crate::json::{Kind, Member, kind, member, members, quoted, raw, string};
use crate::outcome::Outcome;
use crate::rpc::{ErrorObject, code};

/// How long a listing may be kept: as long as those of the upstreams are kept here.
const TTL_MILLISECONDS: u64 = 1000;
/// `error_class` of what an upstream refused.
const UPSTREAM_ERROR: &str = "UpstreamError";
/// `resultType` of a result that needs nothing more.
pub(super) const COMPLETE: &str = "complete";
/// `resultType` of a result that asks the client for input.
pub(super) const INPUT_REQUIRED: &str = "input_required";
/// The results that say how long they may be kept (2026-07-28, Caching).
const CACHEABLE: [&str; 6] = [
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
];

/// Whether a call asks for input, and says what it needs or how to go on.
fn asks(result: &RawValue, method: &str) -> bool {
    let parts = members(result).unwrap_or_default();
    let kind = member(&parts, "resultType").and_then(string);
    method == "tools/call"
        && kind.is_some_and(|kind| kind == INPUT_REQUIRED)
        && ["inputRequests", "requestState"].iter().any(|name| member(&parts, name).is_some())
}

/// The outcome with the members that a result must have, and with a code that this revision has.
pub(super) fn finished(outcome: Outcome, method: &str) -> Outcome {
    match outcome {
        Outcome::Success(given) if asks(&given, method) => {
            Outcome::Success(result(&given, INPUT_REQUIRED, method))
        }
        Outcome::Success(given) | Outcome::ToolFailed { result: given, .. }
            if !is_complete(&given) =>
        {
            let message = "the upstream answered with a kind of result that is not known here";
            Outcome::refused(code::INTERNAL_ERROR, "UpstreamProtocol", message)
        }
        Outcome::Success(given) => Outcome::Success(result(&given, COMPLETE, method)),
        Outcome::ToolFailed { result: given, class, message } => {
            Outcome::ToolFailed { result: result(&given, COMPLETE, method), class, message }
        }
        Outcome::Refused { error, class: UPSTREAM_ERROR } => {
            Outcome::Refused { error: permitted(error), class: UPSTREAM_ERROR }
        }
        other @ (Outcome::Refused { .. } | Outcome::Cancelled { .. }) => other,
    }
}

/// Older servers do not say what kind their results are; any other kind than theirs must not pass
/// for one (2026-07-28, base protocol, Responses).
fn is_complete(result: &RawValue) -> bool {
    let kind = members(result).and_then(|parts| member(&parts, "resultType"));
    kind.is_none_or(|kind| string(kind).is_some_and(|kind| kind == COMPLETE))
}

/// An error of an upstream under a code that it may have here: some codes have a meaning of this
/// revision's own, or none any more (2026-07-28, base protocol, Error Codes).
fn permitted(error: ErrorObject) -> ErrorObject {
    match error.code {
        -32099..=-32020 | -32002 => ErrorObject {
            message: format!("{} (code {} of the upstream)", error.message, error.code),
            code: code::INTERNAL_ERROR,
            ..error
        },
        _ => error,
    }
}

/// The HTTP status of an outcome (2026-07-28, Streamable HTTP). What an upstream refused or spoilt
/// was well received here.
pub(crate) fn status_of(outcome: &Outcome) -> StatusCode {
    match outcome {
        Outcome::Success(_) | Outcome::ToolFailed { .. } | Outcome::Cancelled { .. } => {
            StatusCode::OK
        }
        Outcome::Refused { class: UPSTREAM_ERROR | "UpstreamProtocol", .. } => StatusCode::OK,
        Outcome::Refused { error, .. } => match error.code {
            code::METHOD_NOT_FOUND => StatusCode::NOT_FOUND,
            code::INTERNAL_ERROR => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        },
    }
}

/// A result of this kind for this method, with `_meta` and, where it may be kept, how long and by
/// whom.
pub(super) fn result(given: &RawValue, kind: &str, method: &str) -> Box<RawValue> {
    let given = members(given).unwrap_or_default();
    let mut parts = vec![format!(r#""resultType":"{kind}""#)];
    let own = |name: &str| {
        matches!(name, "resultType" | "_meta")
            || (CACHEABLE.contains(&method) && matches!(name, "ttlMs" | "cacheScope"))
    };
    parts.extend(given.iter().filter(|(name, _)| !own(name)).map(rendered));
    if CACHEABLE.contains(&method) {
        // All callers see the same here, but what is behind a key is nobody else's.
        parts.push(format!(r#""ttlMs":{TTL_MILLISECONDS},"cacheScope":"private""#));
    }
    parts.push(format!(r#""_meta":{}"#, meta(member(&given, "_meta"))));
    raw(format!("{{{}}}", parts.join(",")))
}

/// `_meta` of a result: what the upstream said, and who answers.
fn meta(given: Option<&RawValue>) -> String {
    const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";
    let given = given.filter(|meta| kind(meta) == Kind::Object).and_then(members);
    let info = json!({"name": crate::NAME, "version": crate::VERSION});
    let mut parts: Vec<String> = given
        .unwrap_or_default()
        .iter()
        .filter(|(name, _)| name != SERVER_INFO)
        .map(rendered)
        .collect();
    parts.push(format!("{}:{info}", quoted(SERVER_INFO)));
    format!("{{{}}}", parts.join(","))
}

fn rendered((name, value): &Member<'_>) -> String {
    format!("{}:{value}", quoted(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(result: &str, method: &str) -> serde_json::Value {
        let result = super::result(&raw(result.to_owned()), COMPLETE, method);
        serde_json::from_str(result.get()).expect("it is JSON")
    }

    #[test]
    fn a_result_says_what_it_is_and_who_answers() {
        let result =
            completed(r#"{"content":[],"_meta":{"a":1e0},"resultType":"x"}"#, "tools/call");
        assert_eq!(result["resultType"], "complete");
        assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], crate::NAME);
        assert_eq!(result["_meta"]["a"], 1.0);
        assert!(result["ttlMs"].is_null());
    }

    #[test]
    fn what_may_be_kept_says_how_long() {
        for method in CACHEABLE {
            let result = completed(r#"{"ttlMs":-1,"cacheScope":"x"}"#, method);
            assert_eq!(result["ttlMs"], TTL_MILLISECONDS);
            assert_eq!(result["cacheScope"], "private");
        }
    }

    #[test]
    fn a_kind_of_result_that_is_not_known_is_no_success() {
        for (result, good) in [
            ("{}", true),
            (r#"{"resultType":"complete"}"#, true),
            (r#"{"resultType":"input_required"}"#, false),
            (r#"{"resultType":"input_required","requestState":"a"}"#, true),
            (r#"{"resultType":null}"#, false),
        ] {
            let outcome = finished(Outcome::Success(raw(result.to_owned())), "tools/call");
            assert_eq!(matches!(outcome, Outcome::Success(_)), good, "{result}");
            assert_eq!(status_of(&outcome), 200);
        }
    }

    #[test]
    fn codes_of_this_revision_are_not_passed_on() {
        for (code, passed) in
            [(-32020, false), (-32042, false), (-32002, false), (-32001, true), (-32602, true)]
        {
            let outcome = finished(Outcome::refused(code, UPSTREAM_ERROR, "m"), "tools/call");
            let Outcome::Refused { error, .. } = outcome else {
                panic!("it is refused");
            };
            assert_eq!(error.code == code, passed, "{code}");
        }
    }

    #[test]
    fn the_status_follows_the_code() {
        for (code, status) in [(-32601, 404), (-32602, 400), (-32020, 400), (-32603, 500)] {
            assert_eq!(status_of(&Outcome::refused(code, "c", "m")), status);
        }
        assert_eq!(status_of(&Outcome::refused(-32601, "UpstreamError", "m")), 200);
    }
}
