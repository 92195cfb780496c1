//! Each word about the content of a reply, by a reply that holds it and one that does not.

use crate::case::class::Class;
use crate::case::expectation::{Allowed, Expectation, ReplyKind};
use crate::oracle::check::CheckId;
use crate::oracle::testing::{LIST, Scene, json, stream, with_end};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::delivery::{Delivery, End};

fn judged(kind: ReplyKind, allowed: &str, delivery: Delivery) -> Option<Outcome> {
    let allowed: Allowed =
        toml::from_str(allowed).unwrap_or_else(|error| panic!("{allowed}: {error}"));
    let mut scene = Scene::of(Class::Request, LIST, delivery).unaudited();
    scene.case.expectation =
        Expectation { replies: [(kind, allowed)].into(), ..Expectation::default() };
    scene.asked(CheckId::Result)
}

#[test]
fn each_word_asks_for_one_thing_of_a_result() {
    let body = r#"{"jsonrpc":"2.0","id":7,"result":{"n":3,"s":"a","l":["x",5],"o":{"a/b":1}}}"#;
    for (word, outcome) in [
        (r#"has = ["/n"]"#, Pass),
        (r#"has = ["/m"]"#, Fail),
        (r#"has = ["/o/a~1b"]"#, Pass),
        (r#"has-warn = ["/m"]"#, Warn),
        (r#"has-any = ["/m", "/n"]"#, Pass),
        (r#"has-any = ["/m", "/k"]"#, Fail),
        (r#"kinds = { "/n" = "count" }"#, Pass),
        (r#"kinds = { "/s" = "count" }"#, Fail),
        (r#"equals = { "/s" = '"a"' }"#, Pass),
        (r#"equals = { "/s" = '"b"' }"#, Fail),
        (r#"differs = { "/s" = '"a"' }"#, Fail),
        (r#"one-of = { "/s" = ['"b"', '"a"'] }"#, Pass),
        (r#"one-of = { "/s" = ['"b"'] }"#, Fail),
        (r#"lists = { "/l" = "5" }"#, Pass),
        (r#"lists = { "/l" = "6" }"#, Fail),
    ] {
        assert_eq!(judged(ReplyKind::Result, word, json(200, body)), Some(outcome), "{word}");
    }
}

#[test]
fn of_an_error_it_is_the_error_object() {
    let body = r#"{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"no","data":{"x":[]}}}"#;
    let of = |word| judged(ReplyKind::Error, word, json(400, body));
    assert_eq!(of(r#"kinds = { "/data/x" = "array" }"#), Some(Pass));
    assert_eq!(of(r#"has = ["/data/y"]"#), Some(Fail));
}

#[test]
fn of_a_stream_it_is_the_first_message() {
    let of = |body: &str| {
        let word = r#"equals = { "/method" = '"a"' }"#;
        judged(ReplyKind::Stream, word, with_end(stream(body), End::StillOpen))
    };
    let event = |method: &str| format!("data: {{\"jsonrpc\":\"2.0\",\"method\":\"{method}\"}}\n\n");
    assert_eq!(of(&event("a")), Some(Pass));
    assert_eq!(of(&(event("a") + &event("b"))), Some(Pass));
    assert_eq!(of(&(event("b") + &event("a"))), Some(Fail));
    assert_eq!(of(""), Some(Fail), "nothing came");
}
