//! What every result and every refusal of the stateless revision carries.

use axum::http::StatusCode;
use serde_json::json;
use serde_json::value::RawValue;

use crate::json::{Kind, Member, kind, member, members, quoted, raw};
use crate::outcome::Outcome;
use crate::rpc::code;

/// How long a listing may be kept: as long as those of the upstreams are kept here.
const TTL_MILLISECONDS: u64 = 1000;
/// The results that say how long they may be kept (2026-07-28, Caching).
const CACHEABLE: [&str; 6] = [
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
];

/// The outcome with the members that a result must have.
pub(super) fn finished(outcome: Outcome, method: &str) -> Outcome {
    match outcome {
        Outcome::Success(result) => Outcome::Success(complete(&result, method)),
        Outcome::ToolFailed { result, class, message } => {
            Outcome::ToolFailed { result: complete(&result, method), class, message }
        }
        other @ (Outcome::Refused { .. } | Outcome::Cancelled { .. }) => other,
    }
}

/// The HTTP status of an outcome (2026-07-28, Streamable HTTP). What an upstream refused was well
/// received here.
pub(crate) fn status_of(outcome: &Outcome) -> StatusCode {
    match outcome {
        Outcome::Success(_) | Outcome::ToolFailed { .. } | Outcome::Cancelled { .. } => {
            StatusCode::OK
        }
        Outcome::Refused { class: "UpstreamError", .. } => StatusCode::OK,
        Outcome::Refused { error, .. } => match error.code {
            code::METHOD_NOT_FOUND => StatusCode::NOT_FOUND,
            code::INTERNAL_ERROR => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        },
    }
}

/// The result with `resultType`, `_meta` and, where it may be kept, how long and by whom.
fn complete(result: &RawValue, method: &str) -> Box<RawValue> {
    let given = members(result).unwrap_or_default();
    let mut parts = vec![r#""resultType":"complete""#.to_owned()];
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
        let result = complete(&raw(result.to_owned()), method);
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
    fn the_status_follows_the_code() {
        for (code, status) in [(-32601, 404), (-32602, 400), (-32020, 400), (-32603, 500)] {
            assert_eq!(status_of(&Outcome::refused(code, "c", "m")), status);
        }
        assert_eq!(status_of(&Outcome::refused(-32601, "UpstreamError", "m")), 200);
    }
}
