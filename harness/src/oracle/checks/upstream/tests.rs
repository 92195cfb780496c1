//! The hop behind a gateway, one thing wrong at a time.

use crate::case::class::Class;
use crate::case::expectation::{Allowed, AnswerRule, ReplyKind, UpstreamRule};
use crate::case::graded::Grade;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::{Hop, LogLine};
use crate::oracle::secrets::Secrets;
use crate::oracle::testing::{CALL, KEY, LIST, SECRET, Scene, error, json, stream, with_end};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::arrival::Arrival;
use crate::wire::delivery::End;
use crate::wire::envelope::Header;
use crate::wire::json::parse;

pub(super) fn arrival(body: &str) -> Arrival {
    let (headers, body) = (vec![Header::new("X-Request-Id", KEY)], body.as_bytes().to_vec());
    let (method, path) = ("POST".to_owned(), "/mcp".to_owned());
    Arrival { at: 1_000.1, method, path, headers, message: parse(&body).ok(), body }
}

pub(super) fn call(arguments: &str) -> Arrival {
    let params = format!(r#"{{"name":"echo","arguments":{arguments},"_meta":{{"k":"{KEY}"}}}}"#);
    arrival(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#))
}

/// A call that was answered with a text.
pub(super) fn served(text: &str) -> Scene {
    let content = format!(r#"[{{"type":"text","text":"{text}"}}]"#);
    let body = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"content":{content}}}}}"#);
    Scene::of(Class::Request, CALL, json(200, body))
}

pub(super) fn scene(arrivals: Vec<Arrival>) -> Scene {
    let mut scene = served(KEY);
    let answer = AnswerRule { code: vec![-32601], ..AnswerRule::default() };
    scene.case.expectation.upstream = Some(UpstreamRule {
        calls: vec![1],
        calls_warn: vec![2],
        answer: Some(answer),
        ..Default::default()
    });
    scene.hop = Some(Hop { arrivals, ..Hop::default() });
    scene
}

fn answered(rest: &str) -> Arrival {
    arrival(&format!(r#"{{"jsonrpc":"2.0","id":"ask-{KEY}",{rest}}}"#))
}

const REFUSED: &str = r#""error":{"code":-32601,"message":"no"}"#;
pub(super) const SENT: &str = r#"{"text":"x"}"#;

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
    let forwarded =
        Scene { hop: Some(Hop { arrivals: vec![call(SENT)], ..Hop::default() }), ..refused };
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
    assert_eq!(asked(Vec::new(), CheckId::UpstreamIntact), Some(Pass), "the result alone");
}

#[test]
fn digits_and_order() {
    let value = |text: &str| parse(text.as_bytes()).unwrap();
    let same = |one: &str, other: &str| super::is_same(&value(one), &value(other));
    assert!(same(r#"{"a":1.10,"b":[1e2]}"#, r#"{"b":[100],"a":1.1}"#));
    assert!(!same("9007199254740993", "9007199254740992"));
    assert!(!same("[1,2]", "[2,1]") && !same("[1]", "[1,1]"));
    assert!(same(r#"{"a":1,"a":2}"#, r#"{"a":1}"#) && same(r#"{"a":1,"a":2}"#, r#"{"a":2}"#));
    assert!(!same(r#"{"a":1}"#, r#"{"a":1,"b":2}"#) && !same(r#"{"a":1,"b":2}"#, r#"{"a":1}"#));
}

#[test]
fn a_question_is_answered_once_with_a_permitted_code() {
    for (answers, outcome) in [
        (vec![], Fail),
        (vec![REFUSED], Pass),
        (vec![r#""error":{"code":-32600,"message":"no"}"#], Warn),
        (vec![r#""error":{}"#], Fail),
        (vec![r#""error":{"code":-32601}"#], Fail),
        (vec![r#""result":{},"error":{"code":-32601,"message":"no"}"#], Fail),
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
    scene.hop = Some(Hop { arrivals: vec![answered(REFUSED)], ..Hop::default() });
    assert_eq!(scene.asked(CheckId::UpstreamAnswer), Some(Fail));
}

#[test]
fn credentials_end_at_the_gateway() {
    for (leaked, outcome) in [(false, Pass), (true, Fail)] {
        let mut scene = scene(vec![call(SENT)]);
        scene.secrets = Secrets::new([SECRET.to_owned()]);
        scene.hop = Some(Hop { arrivals: vec![call(SENT)], leaked, ..Hop::default() });
        assert_eq!(scene.asked(CheckId::UpstreamSecret), Some(outcome));
    }
}

#[test]
fn of_more_than_is_kept_nothing_can_be_said() {
    let mut scene = scene(Vec::new());
    scene.hop = Some(Hop { cut: true, ..Hop::default() });
    assert_eq!(scene.asked(CheckId::UpstreamCalls), Some(Outcome::Untestable));
    assert_eq!(scene.asked(CheckId::UpstreamAnswer), None);
}

#[test]
fn without_an_upstream_nothing_is_asked() {
    let mut scene = scene(Vec::new());
    scene.hop = None;
    assert_eq!(scene.asked(CheckId::UpstreamCalls), None);
}

#[test]
fn a_question_that_is_passed_on_is_told_by_what_it_asks() {
    let asked = |method: &str, answers: &[&str]| {
        let arrivals = answers.iter().map(|rest| answered(rest)).collect();
        let mut scene = scene(arrivals);
        scene.stimulus.observation.asked = vec![method.to_owned()];
        scene.asked(CheckId::UpstreamAnswer)
    };
    assert_eq!(asked("sampling/createMessage", &[REFUSED]), Some(Fail));
    assert_eq!(asked("gauntlet/unknown", &[]), Some(Warn));
    assert_eq!(asked("gauntlet/unknown", &[REFUSED]), Some(Pass));
    assert_eq!(asked("notifications/progress", &[]), Some(Fail));
}

#[test]
fn a_question_in_the_stream_of_the_answer_is_passed_on() {
    let question = |id: &str| {
        format!(r#"{{"jsonrpc":"2.0",{id}"method":"sampling/createMessage","params":{{}}}}"#)
    };
    let asked = |question: &str| {
        let answer = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[]}}"#;
        let events = format!("data: {question}\n\ndata: {answer}\n\n");
        let scene_of_it = scene(vec![answered(REFUSED)]);
        let mut streamed = Scene::of(Class::Request, CALL, stream(&events));
        streamed.case.expectation.upstream = scene_of_it.case.expectation.upstream;
        streamed.hop = scene_of_it.hop;
        streamed.asked(CheckId::UpstreamAnswer)
    };
    assert_eq!(asked(&question(r#""id":1,"#)), Some(Fail));
    assert_eq!(asked(&question("")), Some(Pass), "a notification asks nothing");
}

#[test]
fn what_could_not_be_asked_is_not_judged() {
    let mut scene = scene(vec![call(SENT)]);
    scene.hop = Some(Hop { unasked: true, arrivals: vec![call(SENT)], ..Hop::default() });
    assert_eq!(scene.asked(CheckId::UpstreamAnswer), Some(Outcome::NotApplicable));
    assert_eq!(scene.asked(CheckId::UpstreamCalls), Some(Pass));
}

#[test]
fn nobody_agrees_for_the_user() {
    let graded = |action: &str| {
        let mut scene = scene(vec![answered(&format!(r#""result":{{"action":"{action}"}}"#))]);
        let rule = scene.case.expectation.upstream.as_mut().unwrap();
        rule.answer = Some(AnswerRule {
            code: vec![-32601],
            result: Some(Grade::Warn),
            ..Default::default()
        });
        scene.asked(CheckId::UpstreamAnswer)
    };
    assert_eq!((graded("decline"), graded("accept")), (Some(Warn), Some(Fail)));
}

#[test]
fn a_result_holds_what_the_upstream_answered() {
    let returned = |text: &str, letters: Option<usize>| {
        let mut scene = served(text);
        let rule = UpstreamRule { calls: vec![1], letters, ..Default::default() };
        scene.case.expectation.upstream = Some(rule);
        scene.hop = Some(Hop::default());
        scene.asked(CheckId::UpstreamIntact)
    };
    assert_eq!((returned(KEY, None), returned("", None)), (Some(Pass), Some(Fail)));
    assert_eq!((returned("xxx", Some(3)), returned("xx", Some(3))), (Some(Pass), Some(Fail)));
}

#[test]
fn what_is_piped_through_as_it_came_was_forwarded() {
    let mut scene = scene(vec![arrival(&format!("{{\"id\":7,\"x\":\"{KEY}\""))]);
    scene.case.expectation.upstream = Some(UpstreamRule { calls: vec![0], ..Default::default() });
    scene.stimulus.observation.kind = ReplyKind::Error;
    assert_eq!(scene.asked(CheckId::UpstreamCalls), Some(Fail));
}

#[test]
fn a_stream_that_has_ended_waits_no_more() {
    let reply = |end: End| {
        let silent = Scene::of(Class::Request, CALL, with_end(stream(": alive\n\n"), end));
        let allowed = Allowed { grade: Grade::Warn, waiting: true, ..Allowed::default() };
        let mut scene = silent.permit(ReplyKind::Silent, allowed);
        scene.case.expectation.upstream = Some(UpstreamRule::default());
        scene.asked(CheckId::Reply)
    };
    assert_eq!((reply(End::Deadline), reply(End::Complete)), (Some(Warn), Some(Fail)));
}

fn line(text: &str) -> LogLine {
    LogLine { at: 1_000.2, text: text.to_owned(), leaks: false }
}

#[test]
fn a_refused_question_is_worth_a_warning() {
    let asked = |log: Option<Vec<LogLine>>| {
        let mut scene = scene(vec![answered(REFUSED)]);
        let rule = scene.case.expectation.upstream.as_mut().unwrap();
        rule.answer.as_mut().unwrap().warned = Some("roots/list".to_owned());
        scene.hop.as_mut().unwrap().names = vec!["own".to_owned()];
        scene.log = log;
        scene.asked(CheckId::UpstreamWarned)
    };
    assert_eq!(asked(None), Some(Outcome::NotApplicable));
    for (text, outcome) in [
        ("WARN own asked roots/list", Pass),
        ("[warning] roots/list refused (upstream: own)", Pass),
        ("level=error upstream=own method=roots/list", Pass),
        ("WARN unknown roots/list", Warn),
        ("INFO own asked roots/list", Warn),
        ("WARN own asked sampling/createMessage", Fail),
        ("WARN own: 'roots/list' expected, 'gauntlet/unknown' came", Fail),
    ] {
        assert_eq!(asked(Some(vec![line("other"), line(text)])), Some(outcome), "{text}");
    }
    assert_eq!(asked(Some(Vec::new())), Some(Fail));
}

#[test]
fn of_a_question_that_was_served_nobody_warns() {
    let mut scene = scene(vec![answered(r#""result":{}"#)]);
    let rule = scene.case.expectation.upstream.as_mut().unwrap();
    let warned = Some("roots/list".to_owned());
    rule.answer = Some(AnswerRule { result: Some(Grade::Pass), warned, ..AnswerRule::default() });
    scene.log = Some(Vec::new());
    assert_eq!(scene.asked(CheckId::UpstreamWarned), None);
}

#[test]
fn a_cancellation_names_the_call_that_was_cancelled() {
    let cancel = |id: &str| {
        let params = format!(r#"{{"requestId":{id}}}"#);
        let method = "notifications/cancelled";
        arrival(&format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#))
    };
    for (cancelled, outcome) in [
        (vec![], Warn),
        (vec![cancel("1")], Pass),
        (vec![cancel("1"), cancel("2")], Fail),
        (vec![cancel("\"1\"")], Fail),
    ] {
        let mut scene = scene(vec![call(SENT)]);
        let rule = scene.case.expectation.upstream.as_mut().unwrap();
        (rule.answer, rule.cancelled) = (None, true);
        scene.hop.as_mut().unwrap().cancelled = cancelled;
        assert_eq!(scene.asked(CheckId::UpstreamCancelled), Some(outcome));
    }
}

#[test]
fn the_tools_of_others_stay_in_the_list() {
    let outcome = |names: &[&str]| {
        let tools: Vec<String> = names
            .iter()
            .map(|name| format!(r#"{{"name":"{name}","inputSchema":{{"type":"object"}}}}"#))
            .collect();
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"tools":[{}]}}}}"#, tools.join(","));
        let mut scene = Scene::of(Class::Request, LIST, json(200, body));
        let rule = UpstreamRule { calls: vec![0], others_listed: true, ..UpstreamRule::default() };
        scene.case.expectation.upstream = Some(rule);
        let others = vec!["a-x".to_owned(), "b-y".to_owned()];
        scene.hop = Some(Hop { others, ..Hop::default() });
        scene.asked(CheckId::Result)
    };
    assert_eq!(outcome(&["b-y", "own-z", "a-x"]), Some(Pass));
    assert_eq!(outcome(&["b-y", "own-z"]), Some(Fail));
    assert_eq!(outcome(&[]), Some(Fail));
}

#[test]
fn an_empty_list_is_no_answer_where_nobody_could_be_asked() {
    for (tools, outcome) in
        [("[]", Fail), (r#"[{"name":"a","inputSchema":{"type":"object"}}]"#, Pass)]
    {
        let body = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"tools":{tools}}}}}"#);
        let mut scene = Scene::of(Class::Request, LIST, json(200, body));
        let rule = UpstreamRule { calls: vec![0], some_listed: true, ..UpstreamRule::default() };
        scene.case.expectation.upstream = Some(rule);
        scene.hop = Some(Hop::default());
        assert_eq!(scene.asked(CheckId::Result), Some(outcome), "{tools}");
    }
}

#[test]
fn the_tool_that_runs_is_the_recorded_one() {
    for (recorded, outcome) in [("up-echo", Pass), ("echo", Pass), ("up-other", Fail)] {
        let mut scene = scene(vec![call(SENT)]);
        scene.records[0].tool_name = Some(recorded.to_owned());
        assert_eq!(scene.asked(CheckId::UpstreamIntact), Some(outcome), "{recorded}");
    }
}

#[test]
fn the_record_of_a_failure_names_the_upstream() {
    let outcome = |server: Option<&str>, names_servers| {
        let body = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[],"isError":true}}"#;
        let mut scene = Scene::of(Class::Request, CALL, json(200, body));
        scene.case.expectation.upstream =
            Some(UpstreamRule { calls: vec![1], ..UpstreamRule::default() });
        scene.hop = Some(Hop { arrivals: vec![call(SENT)], ..Hop::default() });
        scene.records[0].server_name = server.map(str::to_owned);
        scene.names_servers = names_servers;
        scene.asked(CheckId::RecordServer)
    };
    assert_eq!(outcome(Some("own"), false), Some(Pass));
    assert_eq!(outcome(None, true), Some(Fail));
    assert_eq!(outcome(None, false), Some(Warn));
    assert_eq!(scene(vec![call(SENT)]).asked(CheckId::RecordServer), None, "of a success");
}

#[test]
fn what_one_upstream_gave_goes_to_no_other() {
    let at = |path: &str, header: Option<(&str, &str)>| {
        let mut arrival = call(SENT);
        arrival.path = path.to_owned();
        arrival.headers.extend(header.map(|(name, value)| Header::new(name, value)));
        arrival
    };
    let second = |header| at("/second/mcp", header);
    for (arrival, outcome) in [
        (second(None), Pass),
        (second(Some(("Mcp-Session-Id", "gauntlet_up_second_session_1"))), Pass),
        (second(Some(("Cookie", "mine=1"))), Pass),
        (second(Some(("Mcp-Session-Id", "gauntlet_up_session_1"))), Fail),
        (second(Some(("Cookie", "mine=1; upstream-cookie=1"))), Fail),
        (at("/mcp", None), Fail),
    ] {
        let mut scene = scene(vec![arrival]);
        let rule = UpstreamRule { calls: vec![1], apart: true, ..UpstreamRule::default() };
        scene.case.expectation.upstream = Some(rule);
        assert_eq!(scene.asked(CheckId::UpstreamSecret), Some(outcome));
    }
}
