//! The hop behind a gateway, one thing wrong at a time.

use crate::case::class::Class;
use crate::case::expectation::{AnswerRule, UpstreamRule};
use crate::case::graded::Grade;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::Hop;
use crate::oracle::testing::{CALL, KEY, SECRET, Scene, error, json};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::arrival::Arrival;
use crate::wire::envelope::Header;
use crate::wire::json::parse;

fn arrival(body: &str) -> Arrival {
    let (headers, body) = (vec![Header::new("X-Request-Id", KEY)], body.as_bytes().to_vec());
    Arrival { at: 1_000.1, method: "POST".to_owned(), headers, message: parse(&body).ok(), body }
}

fn call(arguments: &str) -> Arrival {
    let params = format!(r#"{{"name":"echo","arguments":{arguments}}}"#);
    arrival(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#))
}

fn scene(arrivals: Vec<Arrival>) -> Scene {
    let mut scene = Scene::call();
    let answer = AnswerRule { code: vec![-32601], result: None };
    scene.case.expectation.upstream =
        Some(UpstreamRule { calls: vec![1], calls_warn: vec![2], answer: Some(answer) });
    scene.hop = Some(Hop { arrivals });
    scene
}

fn answered(rest: &str) -> Arrival {
    arrival(&format!(r#"{{"jsonrpc":"2.0","id":"ask-{KEY}",{rest}}}"#))
}

const REFUSED: &str = r#""error":{"code":-32601,"message":"no"}"#;
const SENT: &str = r#"{"text":"x"}"#;

fn asked(arrivals: Vec<Arrival>, check: CheckId) -> Option<Outcome> {
    scene(arrivals).asked(check)
}

#[test]
fn calls_are_counted() {
    for (count, outcome) in [(0, Fail), (1, Pass), (2, Warn), (3, Fail)] {
        let arrivals = vec![call(SENT); count];
        assert_eq!(asked(arrivals, CheckId::UpstreamCalls), Some(outcome), "{count}");
    }
}

#[test]
fn what_is_served_although_it_should_be_refused_is_judged_elsewhere() {
    let refusing = |mut scene: Scene| {
        scene.case.expectation.upstream =
            Some(UpstreamRule { calls: vec![0], ..Default::default() });
        scene.asked(CheckId::UpstreamCalls)
    };
    assert_eq!(refusing(scene(vec![call(SENT)])), Some(Warn));
    assert_eq!(refusing(scene(vec![call(SENT); 2])), Some(Fail));
    let refused = Scene::of(Class::InvalidRequest, CALL, json(200, error(-32600, "7")));
    let forwarded = Scene { hop: Some(Hop { arrivals: vec![call(SENT)] }), ..refused };
    assert_eq!(refusing(forwarded), Some(Fail));
}

#[test]
fn arguments_arrive_as_they_were_sent() {
    for (arguments, outcome) in [
        (SENT, Pass),
        (r#"{ "text" : "\u0078" }"#, Pass),
        (r#"{"text":"y"}"#, Fail),
        (r#"{"text":"x","more":1}"#, Fail),
        ("{}", Fail),
    ] {
        assert_eq!(
            asked(vec![call(arguments)], CheckId::UpstreamIntact),
            Some(outcome),
            "{arguments}"
        );
    }
    assert_eq!(asked(Vec::new(), CheckId::UpstreamIntact), None);
}

#[test]
fn digits_and_order() {
    let value = |text: &str| parse(text.as_bytes()).unwrap();
    let same = |one: &str, other: &str| super::is_same(&value(one), &value(other));
    assert!(same(r#"{"a":1.10,"b":[1e2]}"#, r#"{"b":[100],"a":1.1}"#));
    assert!(!same("9007199254740993", "9007199254740992"));
    assert!(!same("[1,2]", "[2,1]") && !same("[1]", "[1,1]"));
    assert!(!same(r#"{"a":1}"#, r#"{"a":1,"b":2}"#) && !same(r#"{"a":1,"b":2}"#, r#"{"a":1}"#));
}

#[test]
fn a_question_is_answered_once_with_a_permitted_code() {
    for (answers, outcome) in [
        (vec![], Fail),
        (vec![REFUSED], Pass),
        (vec![r#""error":{"code":-32600,"message":"no"}"#], Warn),
        (vec![r#""error":{}"#], Fail),
        (vec![r#""result":{}"#], Fail),
        (vec![REFUSED, REFUSED], Fail),
    ] {
        let arrivals = answers.iter().map(|rest| answered(rest)).collect();
        assert_eq!(asked(arrivals, CheckId::UpstreamAnswer), Some(outcome), "{answers:?}");
    }
    let mut scene = scene(vec![answered(r#""result":{}"#)]);
    let rule = scene.case.expectation.upstream.as_mut().unwrap();
    rule.answer = Some(AnswerRule { result: Some(Grade::Pass), ..AnswerRule::default() });
    assert_eq!(scene.asked(CheckId::UpstreamAnswer), Some(Pass));
    scene.hop = Some(Hop { arrivals: vec![answered(REFUSED)] });
    assert_eq!(scene.asked(CheckId::UpstreamAnswer), Some(Fail));
}

#[test]
fn credentials_end_at_the_gateway() {
    let mut leaky = call(SENT);
    leaky.headers.push(Header::new("Authorization", format!("Bearer {SECRET}")));
    for (arrival, outcome) in [(call(SENT), Pass), (leaky, Fail)] {
        let mut scene = scene(vec![arrival]);
        scene.secrets = vec![SECRET.to_owned()];
        assert_eq!(scene.asked(CheckId::UpstreamSecret), Some(outcome));
    }
}

#[test]
fn without_an_upstream_nothing_is_asked() {
    let mut scene = scene(Vec::new());
    scene.hop = None;
    assert_eq!(scene.asked(CheckId::UpstreamCalls), None);
}
