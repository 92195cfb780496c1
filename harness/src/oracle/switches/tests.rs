//! Each value of each switch changes the verdict that it is about, and its default changes none.

use super::super::check::CheckId;
use super::super::judge::outcome;
use super::super::testing::{CALL, Scene, delivery, error, json, nothing};
use super::*;
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::delivery::{Delivery, End};

/// A call of a tool that does not exist.
const UNKNOWN: &str =
    r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"no-such-tool"}}"#;
/// A call whose argument has a wrong type.
const WRONG: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"up-echo","arguments":{"text":1}}}"#;
const IS_ERROR: &str = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[],"isError":true}}"#;
const BATCH: &str = r#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#;
const BATCH_RESULT: &str = r#"[{"jsonrpc":"2.0","id":7,"result":{}}]"#;
const NO_ID: &str = r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"no"}}"#;

/// The outcome of a scene with one switch set.
fn seen(mut scene: Scene, name: &str, value: &str) -> Outcome {
    scene.switches.set(name, value).unwrap_or_else(|error| panic!("{error}"));
    let reply = [CheckId::Reply, CheckId::Code, CheckId::Id, CheckId::Status, CheckId::Once];
    let checks = scene.unaudited().judge().into_iter();
    let checks: Vec<_> =
        checks.filter(|check| reply.iter().any(|id| id.as_str() == check.check)).collect();
    outcome(&checks)
}

/// The outcomes of one message under each value of a switch, in the order of the values.
fn under(name: &str, scene: impl Fn() -> Scene) -> Vec<Outcome> {
    let switch: Switch = name.parse().unwrap();
    switch.values().iter().map(|value| seen(scene(), name, value)).collect()
}

fn of(class: Class, body: &'static str, answer: impl Fn() -> Delivery) -> impl Fn() -> Scene {
    move || Scene::of(class, body, answer())
}

#[test]
fn unknown_tool() {
    // prefer-protocol-error, protocol-error, either, is-error
    let scene = of(Class::UnknownTool, UNKNOWN, || json(200, IS_ERROR));
    assert_eq!(under("unknown-tool", scene), [Warn, Fail, Pass, Pass]);
    let scene = of(Class::UnknownTool, UNKNOWN, || json(200, error(-32602, "7")));
    assert_eq!(under("unknown-tool", scene), [Pass, Pass, Pass, Fail]);
}

#[test]
fn tool_arguments() {
    // by-revision (2025-11-25), either, is-error, protocol-error
    let scene = of(Class::ToolArguments, WRONG, || json(200, IS_ERROR));
    assert_eq!(under("tool-arguments", scene), [Pass, Pass, Pass, Fail]);
    let scene = of(Class::ToolArguments, WRONG, || json(200, error(-32602, "7")));
    assert_eq!(under("tool-arguments", scene), [Warn, Pass, Fail, Pass]);
}

#[test]
fn error_id() {
    // null-or-absent, null, absent
    let scene = of(Class::Unparsable, "{", || json(400, error(-32700, "null")));
    assert_eq!(under("error-id", scene), [Pass, Pass, Fail]);
    let scene = of(Class::Unparsable, "{", || json(400, NO_ID));
    assert_eq!(under("error-id", scene), [Pass, Fail, Pass]);
}

#[test]
fn id_recovery() {
    // warn, pass, fail
    let bad = r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#;
    let scene = of(Class::InvalidRequest, bad, || json(400, error(-32600, "null")));
    assert_eq!(under("id-recovery", scene), [Warn, Pass, Fail]);
    let unread = r#"{"jsonrpc":"1.0","method":"ping"}"#;
    let scene = of(Class::InvalidRequest, unread, || json(400, error(-32600, "null")));
    assert_eq!(under("id-recovery", scene), [Pass, Pass, Pass]);
}

#[test]
fn error_status() {
    // lenient, 200
    let scene = of(Class::UnknownTool, UNKNOWN, || json(400, error(-32602, "7")));
    assert_eq!(under("error-status", scene), [Warn, Fail]);
    let scene = of(Class::UnknownTool, UNKNOWN, || json(200, error(-32602, "7")));
    assert_eq!(under("error-status", scene), [Pass, Pass]);
}

#[test]
fn stdio_parse_silence_is_a_matter_of_what_the_table_permits() {
    let warned = Allowed { grade: Grade::Warn, ..Allowed::default() };
    let scene = || {
        let scene = Scene::of(Class::Unparsable, "{", nothing(End::Deadline));
        let mut scene = scene.permit(ReplyKind::Silent, warned.clone());
        scene.case.expectation.switch = Some(Switch::StdioParseSilence);
        scene
    };
    assert_eq!(under("stdio-parse-silence", scene), [Warn, Pass, Fail]);
}

#[test]
fn batch() {
    // warn, pass, fail
    let scene = of(Class::Batch, BATCH, || json(200, BATCH_RESULT));
    assert_eq!(under("batch", scene), [Warn, Pass, Fail]);
    let old = || {
        let refused = json(400, error(-32600, "null"));
        Scene { revision: Revision::V2025_03_26, ..Scene::of(Class::Batch, BATCH, refused) }
    };
    assert_eq!(under("batch", old), [Warn, Pass, Fail]);
    let refused = of(Class::Batch, BATCH, || json(400, error(-32600, "null")));
    assert_eq!(under("batch", refused), [Pass, Pass, Pass]);
}

#[test]
fn accept() {
    // lenient, strict
    let scene = of(Class::HttpAccept, CALL, || json(200, super::super::testing::RESULT));
    assert_eq!(under("accept", scene), [Pass, Fail]);
    let scene = of(Class::HttpAccept, CALL, || delivery(406, "text/plain", "no"));
    assert_eq!(under("accept", scene), [Pass, Pass]);
    let scene = of(Class::HttpAccept, CALL, || delivery(400, "text/plain", "no"));
    assert_eq!(under("accept", scene), [Pass, Warn]);
}

#[test]
fn origin() {
    // warn, pass, fail
    let scene = of(Class::HttpOrigin, CALL, || json(200, super::super::testing::RESULT));
    assert_eq!(under("origin", scene), [Warn, Pass, Fail]);
}

#[test]
fn a_case_with_replies_of_its_own_is_subject_to_the_switch_that_it_names() {
    let scene = |switch| {
        let warned = Allowed { grade: Grade::Warn, ..Allowed::default() };
        let scene = Scene::of(Class::HttpOrigin, CALL, json(200, super::super::testing::RESULT));
        let mut scene = scene.permit(ReplyKind::Result, warned);
        scene.case.expectation.switch = switch;
        scene
    };
    assert_eq!(seen(scene(None), "origin", "fail"), Warn);
    assert_eq!(seen(scene(Some(Switch::Batch)), "origin", "fail"), Warn);
    assert_eq!(seen(scene(Some(Switch::Origin)), "origin", "fail"), Fail);
}

#[test]
fn defaults_change_nothing() {
    for class in [Class::UnknownTool, Class::Batch, Class::HttpOrigin, Class::InvalidRequest] {
        for revision in Revision::ALL {
            let case = Scene::of(class, CALL, json(200, IS_ERROR)).case;
            let table = super::super::expect::replies(class, revision, true);
            assert_eq!(applied(table.clone(), &case, revision, &Switches::default()), table);
        }
    }
}
