//! What no proper answer is, one thing at a time.

use super::super::tests::{SENT, arrival, call, scene, served};
use crate::case::class::Class;
use crate::case::expectation::{AnswerRule, UpstreamRule};
use crate::case::graded::Grade;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::Hop;
use crate::oracle::testing::{CALL, KEY, Scene, error, json};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::arrival::Arrival;
use crate::wire::envelope::Header;
use crate::wire::json::parse;

fn ruled(mut scene: Scene, rule: UpstreamRule, hop: Hop) -> Scene {
    scene.case.expectation.upstream = Some(UpstreamRule { calls: vec![1], ..rule });
    scene.hop = Some(hop);
    scene
}

#[test]
fn a_line_that_is_no_json_is_not_answered() {
    for (strays, outcome) in [(0, Pass), (1, Warn), (4, Warn), (5, Fail), (9, Fail)] {
        let rule = UpstreamRule { noise: 5, ..UpstreamRule::default() };
        let scene = ruled(served(KEY), rule, Hop { strays, ..Hop::default() });
        assert_eq!(scene.asked(CheckId::UpstreamAnswer), Some(outcome), "{strays}");
    }
}

#[test]
fn an_error_of_the_target_itself_has_no_code_of_its_upstream() {
    let outcome = |code, own_error| {
        let scene = Scene::of(Class::Request, CALL, json(200, error(code, "7")));
        let rule = UpstreamRule { own_error, ..UpstreamRule::default() };
        ruled(scene, rule, Hop::default()).asked(CheckId::Code)
    };
    for (code, expected) in [(-32603, Pass), (1, Pass), (-32000, Warn), (-32019, Warn)] {
        assert_eq!(outcome(code, true), Some(expected), "{code}");
    }
    assert_ne!(outcome(-32000, false), Some(Warn), "an error of the upstream");
}

fn stateless(mut call: Arrival) -> Arrival {
    call.headers.push(Header::new("MCP-Protocol-Version", "2026-07-28"));
    call
}

#[test]
fn a_result_of_an_unknown_kind_is_made_no_complete_one() {
    let outcome = |kind: &str, came: Arrival| {
        let content = format!(r#"[{{"type":"text","text":"{KEY}"}}]"#);
        let result = format!(r#"{{"content":{content},"resultType":"{kind}"}}"#);
        let body = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{result}}}"#);
        let rule = UpstreamRule { unknown_type: true, ..UpstreamRule::default() };
        let hop = Hop { arrivals: vec![came], ..Hop::default() };
        let scene = Scene::of(Class::Request, CALL, json(200, body));
        ruled(scene, rule, hop).asked(CheckId::UpstreamIntact)
    };
    assert_eq!(outcome("gauntlet", stateless(call(SENT))), Some(Pass));
    assert_eq!(outcome("complete", stateless(call(SENT))), Some(Fail));
    assert_eq!(outcome("complete", call(SENT)), Some(Pass), "there it says nothing");
}

#[test]
fn an_answer_is_known_by_the_id_that_was_asked_with() {
    let outcome = |asked: &str, answered: &str| -> Option<Outcome> {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{answered},"result":{{}}}}"#);
        let mut scene = scene(vec![call(SENT), arrival(&body)]);
        let rule = scene.case.expectation.upstream.as_mut().unwrap();
        rule.answer = Some(AnswerRule { result: Some(Grade::Pass), ..AnswerRule::default() });
        scene.hop.as_mut().unwrap().asked = parse(asked.as_bytes()).ok();
        scene.asked(CheckId::UpstreamAnswer)
    };
    assert_eq!((outcome("1", "1"), outcome("1", "1.0")), (Some(Pass), Some(Pass)));
    assert_eq!((outcome("1", "\"1\""), outcome("1", "2")), (Some(Fail), Some(Fail)));
    assert_eq!(outcome("\"x\"", "\"x\""), Some(Pass));
}

#[test]
fn what_may_be_ignored_warns() {
    let outcome = |silence| {
        let mut scene = scene(vec![call(SENT)]);
        let rule = scene.case.expectation.upstream.as_mut().unwrap();
        rule.answer = Some(AnswerRule { code: vec![-32600], silence, ..AnswerRule::default() });
        scene.asked(CheckId::UpstreamAnswer)
    };
    assert_eq!((outcome(Some(Grade::Warn)), outcome(None)), (Some(Warn), Some(Fail)));
}
