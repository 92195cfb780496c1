//! Messages beside an answer: those that were asked for, and the others.

use super::unasked;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::testing::{RESULT, exchange, stream};
use crate::report::model::Outcome::{self, Fail, Pass};
use crate::wire::revision::Revision;

const LOG: &str =
    r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}"#;
const ROOTS: &str = r#"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#;

fn judged(meta: &str, beside: &str, revision: Revision) -> Option<Outcome> {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{{"_meta":{{{meta}}}}}}}"#
    );
    let events = format!("data: {beside}\n\ndata: {RESULT}\n\n");
    let mut findings = Findings::new("must".to_owned());
    unasked(&exchange(body, stream(&events)), revision, &mut findings);
    let checks = findings.into_checks();
    let asked = checks.iter().filter(|check| check.check == CheckId::Unasked.as_str());
    asked.map(|check| check.outcome).max()
}

fn progress(token: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{token},"progress":1}}}}"#
    )
}

#[test]
fn progress_is_for_the_token_of_the_request() {
    for revision in Revision::ALL {
        let of = |meta: &str, token: &str| judged(meta, &progress(token), revision);
        assert_eq!(of(r#""progressToken":5"#, "5"), Some(Pass));
        assert_eq!(of(r#""progressToken":5"#, "\"5\""), Some(Fail));
        assert_eq!(of("", "5"), Some(Fail));
    }
}

#[test]
fn since_the_stateless_revision_logging_is_asked_for_and_servers_ask_nothing() {
    let level = r#""io.modelcontextprotocol/logLevel":"info""#;
    let (old, new) = (Revision::V2025_11_25, Revision::V2026_07_28);
    assert_eq!(judged("", LOG, old), Some(Pass));
    assert_eq!(judged("", LOG, new), Some(Fail));
    assert_eq!(judged(level, LOG, new), Some(Pass));
    assert_eq!(judged("", ROOTS, old), Some(Pass));
    assert_eq!(judged("", ROOTS, new), Some(Fail));
}

#[test]
fn an_answer_alone_is_asked_nothing() {
    let mut findings = Findings::new("must".to_owned());
    unasked(
        &exchange("{}", stream(&format!("data: {RESULT}\n\n"))),
        Revision::V2026_07_28,
        &mut findings,
    );
    assert!(findings.into_checks().is_empty());
}
