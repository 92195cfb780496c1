//! Each question about the answer, by evidence that differs from an honest one in one thing.

use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::{Grade, IdRule, StatusRule};
use crate::oracle::check::CheckId;
use crate::oracle::testing::{
    CALL, LIST, RESULT, Scene, delivery, error, exchange, json, nothing, only, stream, with_end,
    with_header,
};
use crate::report::model::Outcome::{self, Fail, Pass, Untestable, Warn};
use crate::wire::delivery::{Delivery, End};

const UNKNOWN: &str = r#"{"jsonrpc":"2.0","id":7,"method":"gauntlet/x"}"#;

fn unknown_method(delivery: Delivery) -> Scene {
    Scene::of(Class::UnknownMethod, UNKNOWN, delivery).unaudited()
}

#[test]
fn honest_evidence_passes_every_question_it_is_asked() {
    for scene in [
        Scene::call(),
        Scene::of(Class::Request, LIST, json(200, RESULT)),
        Scene::of(Class::UnknownMethod, UNKNOWN, json(200, error(-32601, "7"))),
    ] {
        assert_eq!(scene.troubles(), []);
        for check in [CheckId::Control, CheckId::Reply, CheckId::Once, CheckId::Shape, CheckId::Id]
        {
            assert_eq!(scene.asked(check), Some(Pass), "{check}");
        }
        for check in [CheckId::Status, CheckId::ContentType, CheckId::Framing, CheckId::Alive] {
            assert_eq!(scene.asked(check), Some(Pass), "{check}");
        }
        for check in [CheckId::Record, CheckId::RecordOnce, CheckId::CallType] {
            assert_eq!(scene.asked(check), Some(Pass), "{check}");
        }
    }
}

#[test]
fn the_code_alone_turns_the_verdict() {
    let codes = [(-32601, Vec::new()), (-32602, only(CheckId::Code, Warn))];
    for (code, troubles) in codes {
        assert_eq!(unknown_method(json(200, error(code, "7"))).troubles(), troubles, "{code}");
    }
    for code in [-32600, -32700, 1234, 0] {
        let scene = unknown_method(json(200, error(code, "7")));
        assert_eq!(scene.troubles(), only(CheckId::Code, Fail), "{code}");
    }
}

#[test]
fn what_http_refuses_before_it_is_a_request_may_have_a_code_of_the_implementation() {
    let invalid = (Class::InvalidRequest, r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#);
    let table = [
        (invalid, 400, -32000, Warn),
        (invalid, 400, -32019, Warn),
        (invalid, 200, -32000, Fail),
        (invalid, 400, -32603, Fail),
        ((Class::Unparsable, "{"), 400, -32000, Fail),
        ((Class::UnknownMethod, UNKNOWN), 400, -32000, Fail),
    ];
    for ((class, body), status, code, wanted) in table {
        let id = if class == Class::Unparsable { "null" } else { "7" };
        let scene = Scene::of(class, body, json(status, error(code, id))).unaudited();
        assert_eq!(scene.asked(CheckId::Code), Some(wanted), "{class} {status} {code}");
    }
}

#[test]
fn the_id_alone_turns_the_verdict() {
    let invalid = r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#;
    let table = [
        ("7", None),
        ("7.0", None),
        ("null", Some(Warn)),
        ("8", Some(Fail)),
        ("\"7\"", Some(Fail)),
    ];
    for (id, trouble) in table {
        let reply = json(400, error(-32600, id));
        let scene = Scene::of(Class::InvalidRequest, invalid, reply).unaudited();
        let expected = trouble.map_or_else(Vec::new, |outcome| only(CheckId::Id, outcome));
        assert_eq!(scene.troubles(), expected, "{id}");
    }
}

#[test]
fn the_status_alone_turns_the_verdict() {
    for (status, trouble) in [(200, None), (400, Some(Warn)), (500, Some(Warn)), (404, Some(Fail))]
    {
        let scene = unknown_method(json(status, error(-32601, "7")));
        let expected = trouble.map_or_else(Vec::new, |outcome| only(CheckId::Status, outcome));
        assert_eq!(scene.troubles(), expected, "{status}");
    }
}

#[test]
fn the_kind_alone_turns_the_verdict() {
    let tool_error = r#"{"jsonrpc":"2.0","id":7,"result":{"isError":true,"content":[]}}"#;
    let call = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"no"}}"#;
    let scene = Scene::of(Class::UnknownTool, call, json(200, tool_error)).unaudited();
    assert_eq!(scene.troubles(), only(CheckId::Reply, Warn));
    for delivery in [
        json(200, RESULT),
        json(202, ""),
        delivery(200, "text/html", "<html>"),
        stream(": ping\n\n"),
        nothing(End::Deadline),
        nothing(End::Closed),
        nothing(End::Refused("refused".to_owned())),
    ] {
        let kind = unknown_method(delivery).troubles();
        assert_eq!(kind, only(CheckId::Reply, Fail));
    }
    // The caller can tell a failure, though not whose.
    assert_eq!(unknown_method(json(400, "")).troubles(), only(CheckId::Reply, Warn));
}

#[test]
fn a_case_that_names_replies_permits_nothing_else() {
    let allowed = Allowed {
        grade: Grade::Warn,
        code: vec![-32000],
        id: vec![IdRule::Echo],
        status: vec![StatusRule::Hundred(4)],
        ..Allowed::default()
    };
    let scene = |delivery| unknown_method(delivery).permit(ReplyKind::Error, allowed.clone());
    assert_eq!(scene(json(404, error(-32000, "7"))).troubles(), only(CheckId::Reply, Warn));
    assert_eq!(scene(json(404, error(-32601, "7"))).asked(CheckId::Code), Some(Fail));
    assert_eq!(scene(json(200, error(-32000, "7"))).asked(CheckId::Status), Some(Fail));
    // But for a refusal by HTTP alone, and that only by a status of one.
    assert_eq!(scene(json(400, "")).troubles(), only(CheckId::Reply, Warn));
    assert_eq!(scene(json(404, "")).asked(CheckId::Status), Some(Fail));
    assert_eq!(scene(json(202, "")).asked(CheckId::Reply), Some(Fail));
}

#[test]
fn a_refused_control_is_untestable_and_nothing_else_is_asked() {
    for refusal in [json(200, error(-32600, "7")), json(500, ""), nothing(End::Deadline)] {
        let mut scene = Scene::call();
        scene.control = Some(exchange(LIST, refusal));
        scene.sentinel = Some(exchange(LIST, nothing(End::Closed)));
        scene.records.clear();
        let checks = scene.judge();
        assert_eq!(checks.len(), 1);
        assert_eq!(scene.troubles(), only(CheckId::Control, Untestable));
    }
}

#[test]
fn without_a_twin_the_rest_is_asked() {
    let mut scene = Scene::call();
    scene.control = None;
    assert_eq!(scene.asked(CheckId::Control), None);
    assert_eq!(scene.asked(CheckId::Reply), Some(Pass));
}

#[test]
fn a_target_that_limits_the_rate_is_untestable() {
    let wait = |status| with_header(json(status, ""), "Retry-After", "3");
    for limited in [json(429, ""), json(429, error(-32000, "7")), wait(429), wait(503)] {
        let mut scene = Scene::of(Class::UnknownMethod, UNKNOWN, limited);
        scene.records.clear();
        assert_eq!(scene.judge().len(), 1);
        assert_eq!(scene.troubles(), only(CheckId::Control, Untestable));
    }
    let scene = Scene::of(Class::UnknownMethod, UNKNOWN, json(503, "")).unaudited();
    assert_eq!(scene.asked(CheckId::Status), Some(Fail), "503 alone is an answer");
}

#[test]
fn a_dead_sentinel_fails() {
    for dead in [nothing(End::Deadline), nothing(End::Closed), json(404, ""), json(500, RESULT)] {
        let mut scene = Scene::call();
        let served = dead.response.as_ref().is_some_and(|response| !response.body.is_empty());
        scene.sentinel = Some(exchange(LIST, dead));
        let expected = if served { Vec::new() } else { only(CheckId::Alive, Fail) };
        assert_eq!(scene.troubles(), expected);
    }
    let mut scene = Scene::call();
    scene.sentinel = None;
    assert_eq!(scene.asked(CheckId::Alive), None);
}

#[test]
fn a_sentinel_that_is_told_to_wait_says_nothing() {
    let mut scene = Scene::call();
    scene.sentinel = Some(exchange(LIST, with_header(json(429, ""), "Retry-After", "3")));
    assert_eq!(scene.troubles(), only(CheckId::Alive, Untestable));
}

#[test]
fn two_responses_to_one_request_fail() {
    let event = format!("data: {RESULT}\n\n");
    let scene = Scene::of(Class::Request, LIST, stream(&event.repeat(2))).unaudited();
    assert_eq!(scene.troubles(), only(CheckId::Once, Fail));
    let stray = format!("{event}data: {}\n\n", error(-32600, "null"));
    let scene = Scene::of(Class::Request, LIST, stream(&stray)).unaudited();
    assert_eq!(scene.asked(CheckId::Reply), Some(Fail));
    assert_eq!(scene.asked(CheckId::Once), Some(Fail));
    let array = Scene::of(Class::Request, LIST, json(200, format!("[{RESULT}]"))).unaudited();
    assert_eq!(array.troubles(), only(CheckId::Reply, Fail));
}

/// The outcome of `answered.once` for a batch of two requests with so many answers.
fn batch_of_two(answers: usize, allowed: Allowed) -> Option<Outcome> {
    let second = LIST.replace('7', "8");
    let results = [RESULT.to_owned(), RESULT.replace('7', "8"), RESULT.replace('7', "9")];
    let body = format!("[{}]", results[..answers].join(","));
    Scene::of(Class::Batch, &format!("[{LIST},{second}]"), json(200, body))
        .permit(ReplyKind::Batch, allowed)
        .asked(CheckId::Once)
}

#[test]
fn a_batch_has_one_answer_for_each_request() {
    let plain = Allowed::default;
    assert_eq!(batch_of_two(2, plain()), Some(Pass));
    for wrong in [0, 1, 3] {
        assert_eq!(batch_of_two(wrong, plain()), Some(Fail), "{wrong} answers");
    }
    let lenient = || Allowed { responses_warn: Some(1), ..plain() };
    assert_eq!(batch_of_two(2, lenient()), Some(Pass));
    assert_eq!(batch_of_two(1, lenient()), Some(Warn));
    assert_eq!(batch_of_two(0, lenient()), Some(Fail));
    assert_eq!(batch_of_two(3, lenient()), Some(Fail));
    let three = Allowed { responses: Some(3), ..plain() };
    assert_eq!(batch_of_two(3, three.clone()), Some(Pass));
    assert_eq!(batch_of_two(2, three), Some(Fail));
}

#[test]
fn a_result_must_hold_what_the_case_names() {
    let pairs = |pointer: &str, text: &str| [(pointer.to_owned(), text.to_owned())].into();
    let table = [
        (Allowed { has: vec!["/tools".to_owned()], ..Allowed::default() }, Pass),
        (Allowed { has: vec!["/prompts".to_owned()], ..Allowed::default() }, Fail),
        (Allowed { equals: pairs("/tools", "[]"), ..Allowed::default() }, Pass),
        (Allowed { equals: pairs("/tools", "[1]"), ..Allowed::default() }, Fail),
        (Allowed { equals: pairs("/prompts", "[]"), ..Allowed::default() }, Fail),
        (Allowed { differs: pairs("/tools", "[1]"), ..Allowed::default() }, Pass),
        (Allowed { differs: pairs("/tools", "[]"), ..Allowed::default() }, Fail),
    ];
    for (allowed, outcome) in table {
        let scene = Scene::of(Class::Request, LIST, json(200, RESULT)).unaudited();
        let scene = scene.permit(ReplyKind::Result, allowed.clone());
        assert_eq!(scene.asked(CheckId::Result), Some(outcome), "{allowed:?}");
    }
}

#[test]
fn a_description_says_what_came_back() {
    let described = |delivery| super::describe(&exchange(CALL, delivery));
    assert_eq!(described(json(200, error(-32601, "7"))), "HTTP 200, JSON-RPC error -32601");
    assert_eq!(described(json(200, RESULT)), "HTTP 200, a result");
    assert_eq!(described(nothing(End::Deadline)), "no answer within 5.0 s");
    assert_eq!(described(stream("")), "HTTP 200, the stream ended without an answer");
    assert_eq!(described(nothing(End::Refused("why".to_owned()))), "no connection: why");
    assert_eq!(described(nothing(End::Closed)), "connection closed without an answer");
    assert_eq!(described(nothing(End::NotHttp("why".to_owned()))), "no HTTP: why");
    let reset = with_end(json(200, ""), End::Reset("why".to_owned()));
    assert_eq!(described(reset), "HTTP 200, connection lost: why");
}
