//! What is a response object, and what is only nearly one.

use crate::case::class::Class;
use crate::oracle::check::CheckId;
use crate::oracle::testing::{LIST, RESULT, Scene, json, stream};
use crate::report::model::Outcome::{Fail, Pass, Warn};

#[test]
fn each_defect_of_a_response_fails() {
    let table = [
        (RESULT, Pass),
        (r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32600.0,"message":"no"}}"#, Pass),
        (r#"{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":""}}"#, Warn),
        (r#"{"jsonrpc":"2.0","id":7,"error":{"code":1}}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":5}}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"error":{"code":"1","message":"no"}}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"error":{"code":1.5,"message":"no"}}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"error":"no"}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":"no"}}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"result":{},"error":null}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"result":[]}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"result":null}"#, Fail),
        (r#"{"jsonrpc":"1.0","id":7,"result":{}}"#, Fail),
        (r#"{"jsonrpc":2.0,"id":7,"result":{}}"#, Fail),
        (r#"{"id":7,"result":{}}"#, Fail),
        (r#"{"jsonrpc":"2.0","id":7,"id":7,"result":{}}"#, Fail),
    ];
    for (reply, outcome) in table {
        let scene = Scene::of(Class::Request, LIST, json(200, reply));
        assert_eq!(scene.asked(CheckId::Shape), Some(outcome), "{reply}");
    }
}

#[test]
fn the_worst_of_several_is_reported() {
    let bad = r#"{"id":7,"result":{}}"#;
    let reply = stream(&format!("data: {RESULT}\n\ndata: {bad}\n\n"));
    assert_eq!(Scene::of(Class::Request, LIST, reply).asked(CheckId::Shape), Some(Fail));
}

#[test]
fn where_nothing_answers_there_is_no_shape() {
    assert_eq!(Scene::of(Class::Request, LIST, json(202, "")).asked(CheckId::Shape), None);
}
