//! What fits the schema, and that no defect is told twice.

use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::oracle::check::CheckId;
use crate::oracle::testing::{CALL, LIST, RESULT, Scene, error, json, only, stream};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::revision::Revision;

fn asked(body: &str, reply: &str) -> Option<Outcome> {
    Scene::of(Class::Request, body, json(200, reply)).asked(CheckId::Schema)
}

#[test]
fn a_result_is_judged_by_its_method() {
    let table = [
        (LIST, r#"{"tools":[]}"#, Pass),
        (LIST, r#"{"tools":[],"more":5}"#, Pass),
        (LIST, "{}", Fail),
        (LIST, r#"{"tools":{}}"#, Fail),
        (LIST, r#"{"tools":[{"name":"t"}]}"#, Fail),
        (LIST, r#"{"tools":[{"name":"t","inputSchema":null}]}"#, Fail),
        (LIST, r#"{"tools":[{"name":"t","inputSchema":{"type":"object"}}]}"#, Pass),
        (CALL, r#"{"content":[]}"#, Pass),
        (CALL, r#"{"content":[{"type":"text"}]}"#, Fail),
        (CALL, r#"{"content":[{"type":"text","text":"x"}],"isError":"no"}"#, Fail),
        (CALL, "{}", Fail),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, "{}", Pass),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, r#"{"_meta":5}"#, Fail),
    ];
    for (body, result, outcome) in table {
        let reply = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{result}}}"#);
        assert_eq!(asked(body, &reply), Some(outcome), "{result}");
    }
}

#[test]
fn an_error_may_come_without_an_id() {
    for id in ["7", "null"] {
        assert_eq!(asked(LIST, &error(-32600, id)), Some(Pass));
    }
    let lists = r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32042,"message":"go","data":{}}}"#;
    assert_eq!(asked(LIST, lists), Some(Fail), "-32042 must list what to visit");
}

#[test]
fn what_comes_beside_the_answer_is_judged_too() {
    let progress = r#"{"jsonrpc":"2.0","method":"notifications/progress","params":"#;
    let table = [
        (format!(r#"{progress}{{"progressToken":1,"progress":0.5}}}}"#), Pass),
        (format!(r#"{progress}{{"progressToken":1,"progress":"half"}}}}"#), Fail),
        (format!(r#"{progress}{{"progress":1}}}}"#), Fail),
        (r#"{"jsonrpc":"2.0","method":"notifications/message"}"#.to_owned(), Fail),
        (r#"{"jsonrpc":"2.0","method":"notifications/of/ours"}"#.to_owned(), Warn),
        (r#"{"jsonrpc":"2.0","method":"notifications/of/ours","params":[]}"#.to_owned(), Fail),
        (r#"{"jsonrpc":"1.0","method":"notifications/of/ours"}"#.to_owned(), Fail),
        (r#"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#.to_owned(), Pass),
        (r#"{"jsonrpc":"2.0","id":null,"method":"roots/list"}"#.to_owned(), Fail),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ours/ask"}"#.to_owned(), Warn),
    ];
    for (other, outcome) in table {
        let reply = stream(&format!("data: {other}\n\ndata: {RESULT}\n\n"));
        let scene = Scene::of(Class::Request, LIST, reply);
        assert_eq!(scene.asked(CheckId::Schema), Some(outcome), "{other}");
    }
}

#[test]
fn the_revision_decides() {
    let link = r#"{"content":[{"type":"resource_link","uri":"file:///a","name":"a"}]}"#;
    let reply = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{link}}}"#);
    for (revision, outcome) in [(Revision::V2025_03_26, Fail), (Revision::V2025_06_18, Pass)] {
        let mut scene = Scene::of(Class::Request, CALL, json(200, &reply));
        scene.revision = revision;
        assert_eq!(scene.asked(CheckId::Schema), Some(outcome), "{revision}");
    }
}

#[test]
fn a_defect_is_told_once() {
    let both = r#"{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":"no"}}"#;
    assert_eq!(asked(LIST, both), None);
    assert_eq!(asked(LIST, r#"{"jsonrpc":"2.0","id":7,"result":[]}"#), None);
    let empty = json(200, r#"{"jsonrpc":"2.0","id":7,"result":{}}"#);
    let named = Allowed { has: vec!["/tools".to_owned()], ..Allowed::default() };
    let scene = Scene::of(Class::Request, LIST, empty).permit(ReplyKind::Result, named);
    assert_eq!(scene.troubles(), only(CheckId::Result, Fail));
}

#[test]
fn a_message_that_can_be_read_in_two_ways_is_judged_by_no_method() {
    let body = r#"{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/list"}"#;
    let reply = json(200, r#"{"jsonrpc":"2.0","id":7,"result":{}}"#);
    let scene = Scene::of(Class::Ambiguous, body, reply);
    assert_eq!(scene.asked(CheckId::Schema), Some(Pass));
}

#[test]
fn where_nothing_is_said_there_is_no_schema() {
    let scene = Scene::of(Class::Notification, LIST, json(202, ""));
    assert_eq!(scene.asked(CheckId::Schema), None);
}
