//! Answers that belong to others, and answers that differ.

use crate::oracle::check::CheckId;
use crate::oracle::evidence::Exchange;
use crate::oracle::testing::{CALL, LIST, Scene, exchange, json};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};

/// A call with a canary, answered with a text.
fn call(key: &str, text: &str) -> Exchange {
    let body = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"content":["{text}"]}}}}"#);
    Exchange { key: key.to_owned(), ..exchange(CALL, json(200, &body)) }
}

fn two(first: &str, second: &str, own: bool) -> Option<Outcome> {
    let mut scene = Scene::call().unaudited();
    scene.stimulus = call("canary-a", first);
    scene.beside = vec![call("canary-b", second)];
    scene.case.expectation.beside.own_canary = own;
    scene.asked(CheckId::Canary)
}

#[test]
fn an_answer_holds_its_own_canary_only() {
    assert_eq!(two("canary-a", "canary-b", true), Some(Pass));
    assert_eq!(two("canary-b", "canary-a", true), Some(Fail));
    assert_eq!(two("canary-a", "canary-a", false), Some(Fail));
    assert_eq!(two("canary-a canary-b", "canary-b", false), None);
    assert_eq!(two("canary-a", "nothing", true), Some(Fail));
    // A tool that does not echo.
    assert_eq!(two("nothing", "nothing", true), Some(Pass));
    // Only a case whose tool echoes can ask for that.
    assert_eq!(two("canary-a", "nothing", false), None);
}

#[test]
fn a_canary_of_the_run_is_known_by_its_form() {
    let mut scene = Scene::call().unaudited();
    scene.beside = vec![call("gauntlet00000000x000002", "gauntlet00000000x000002")];
    for (text, outcome) in [
        ("gauntlet00000000x000077", Some(Fail)),
        // A tool that tells what it was told before.
        ("gauntlet00000000x000001 gauntlet00000000x000077", None),
        ("gauntlet11111111x000077", None),
        ("gauntlet00000000xabcdef", None),
    ] {
        scene.stimulus = call("gauntlet00000000x000001", text);
        assert_eq!(scene.asked(CheckId::Canary), outcome, "{text}");
    }
}

#[test]
fn nothing_is_asked_of_a_message_alone() {
    assert_eq!(Scene::call().asked(CheckId::Canary), None);
    assert_eq!(Scene::call().asked(CheckId::Same), None);
}

fn lists(first: &str, second: &str) -> Option<Outcome> {
    let list = |tools: &str| {
        let body = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"tools":{tools}}}}}"#);
        exchange(LIST, json(200, &body))
    };
    let mut scene = Scene::call().unaudited();
    scene.stimulus = list(first);
    scene.beside = vec![list(second)];
    scene.case.expectation.beside.same = vec!["/result/tools".to_owned()];
    scene.asked(CheckId::Same)
}

#[test]
fn equal_requests_get_equal_answers() {
    assert_eq!(lists(r#"["a","b"]"#, r#"["a","b"]"#), Some(Pass));
    assert_eq!(lists(r#"["a","b"]"#, r#"["b","a"]"#), Some(Warn));
    assert_eq!(lists(r#"["a","b"]"#, r#"["a"]"#), Some(Fail));
    assert_eq!(lists(r#"{"a":1}"#, r#"{"a":2}"#), Some(Fail));
}

#[test]
fn an_answer_without_the_part_differs() {
    let mut scene = Scene::call().unaudited();
    scene.case.expectation.beside.same = vec!["/result/tools".to_owned()];
    assert_eq!(scene.asked(CheckId::Same), Some(Fail));
}
