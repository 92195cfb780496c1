//! Messages beside an answer: those that were asked for, and the others.

use super::unasked;
use crate::case::told::{LogLevel, Requests, ToldRule};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::testing::{LIST, RESULT, Scene, exchange, stream};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
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

/// What the rule says of a message that comes with the answer, or on a stream beside it.
fn under(rule: ToldRule, message: &str) -> Option<Outcome> {
    let told = |text: &str| exchange(LIST, stream(&format!("data: {text}\n\ndata: {RESULT}\n\n")));
    let judged = |with: &str, beside: &str| {
        let mut scene = Scene::call().unaudited();
        (scene.stimulus, scene.beside) = (told(with), vec![told(beside)]);
        scene.case.expectation.told = rule;
        scene.asked(CheckId::Unasked)
    };
    let (with, beside) = (judged(message, "{}"), judged("{}", message));
    assert_eq!(with, beside, "{message}");
    with
}

#[test]
fn a_server_asks_for_what_was_declared_and_not_too_early() {
    let asks = |method: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}"}}"#);
    let rule = |requests| ToldRule { requests: Some(requests), level: None };
    let (undeclared, early) = (rule(Requests::Undeclared), rule(Requests::Early));
    for method in ["roots/list", "sampling/createMessage", "elicitation/create"] {
        assert_eq!(under(undeclared, &asks(method)), Some(Fail));
        assert_eq!(under(early, &asks(method)), Some(Warn));
        assert_eq!(judged("", &asks(method), Revision::V2025_11_25), Some(Pass));
    }
    assert_eq!(under(undeclared, &asks("gauntlet/unknown")), Some(Pass));
    assert_eq!(under(early, &asks("gauntlet/unknown")), Some(Warn));
    for rule in [undeclared, early] {
        assert_eq!(under(rule, &asks("ping")), Some(Pass));
        assert_eq!(under(rule, LOG), Some(Pass));
        let told = r#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#;
        assert_eq!(under(rule, told), Some(Pass));
    }
}

#[test]
fn log_messages_below_the_level_that_was_set_warn() {
    let above = |level| ToldRule { requests: None, level: Some(level) };
    assert_eq!(under(above(LogLevel::Error), LOG), Some(Warn));
    assert_eq!(under(above(LogLevel::Notice), LOG), Some(Warn));
    assert_eq!(under(above(LogLevel::Info), LOG), Some(Pass));
    assert_eq!(under(above(LogLevel::Debug), LOG), Some(Pass));
    let unknown = LOG.replace("info", "verbose");
    assert_eq!(under(above(LogLevel::Error), &unknown), Some(Pass));
}
