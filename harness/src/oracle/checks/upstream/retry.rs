//! A call that is tried again with the input that our own upstream has asked for (MCP 2026-07-28, Multi
//! Round-Trip Requests).

use super::shorten;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Hop;
use crate::wire::arrival::{Arrival, state_of};
use crate::wire::json::Json;

/// The retry has the state as it was given, the input of the caller, and another id than the call before.
pub(super) fn retry(calls: &[&Arrival], hop: &Hop, findings: &mut Findings) {
    let (Some(first), Some(retry)) = (&hop.first, calls.first()) else { return };
    let Some(message) = &retry.message else { return };
    let state = message.pointer("/params/requestState").and_then(Json::as_str);
    let given = state_of(first);
    let actual = shorten(state.unwrap_or("no state"), 160);
    let expected = format!("the state {given}");
    findings.require(CheckId::UpstreamIntact, state == Some(given.as_str()), expected, actual);
    let input = message.pointer("/params/inputResponses/answer/content/a").and_then(Json::as_str);
    let expected = format!("the input {first} for the question `answer`");
    let actual = message.pointer("/params/inputResponses");
    let actual = actual.map_or_else(|| "no input".to_owned(), |it| shorten(&it.to_text(), 160));
    findings.require(CheckId::UpstreamIntact, input == Some(first.as_str()), expected, actual);
    let before = hop.tries.iter().rev().find(|it| it.rpc_method() == Some("tools/call"));
    let before = before.and_then(|call| call.message.as_ref()?.get("id"));
    let id = message.get("id");
    let (Some(before), Some(id)) = (before, id) else { return };
    let expected = format!("another id than {}, which the call before had", before.to_text());
    findings.require(CheckId::UpstreamIntact, before != id, expected, shorten(&id.to_text(), 80));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::check::Findings;
    use crate::report::model::Outcome::{Fail, Pass};
    use crate::wire::json::parse;

    fn call(id: &str, rest: &str) -> Arrival {
        let params = format!(r#"{{"name":"ask_input"{rest}}}"#);
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{params}}}"#);
        Arrival {
            at: 1.0,
            method: "POST".to_owned(),
            path: "/mcp".to_owned(),
            headers: Vec::new(),
            message: parse(body.as_bytes()).ok(),
            body: body.into_bytes(),
        }
    }

    #[test]
    fn a_retry_says_what_the_caller_says_under_another_id() {
        let first = "gauntlet-1";
        let state = serde_json::Value::from(state_of(first));
        let brought = |state: &str, input: &str| {
            format!(
                r#","requestState":{state},"inputResponses":{{"answer":{{"action":"accept","content":{{"a":"{input}"}}}}}}"#
            )
        };
        let good = brought(&state.to_string(), first);
        for (id, rest, outcome) in [
            ("2", good.as_str(), Pass),
            ("\"1\"", &good, Pass),
            ("1", &good, Fail),
            ("2", &brought("\"state\"", first), Fail),
            ("2", &brought(&state.to_string(), "other"), Fail),
            ("2", "", Fail),
        ] {
            let hop =
                Hop { first: Some(first.to_owned()), tries: vec![call("1", "")], ..Hop::default() };
            let mut findings = Findings::new("must".to_owned());
            retry(&[&call(id, rest)], &hop, &mut findings);
            let checks = findings.into_checks();
            let failed = checks.iter().any(|check| check.outcome == Fail);
            assert_eq!(if failed { Fail } else { Pass }, outcome, "{id} {rest}");
            assert_eq!(checks.len(), 3);
        }
    }
}
