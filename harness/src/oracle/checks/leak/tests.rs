//! Stack traces and credentials: found wherever they stand, and never printed.

use crate::case::class::Class;
use crate::oracle::check::CheckId;
use crate::oracle::testing::{LIST, RESULT, SECRET, Scene, json, only, with_header};
use crate::report::model::Outcome::{Fail, Pass};
use crate::wire::delivery::Delivery;

const UNKNOWN: &str = r#"{"jsonrpc":"2.0","id":7,"method":"gauntlet/x"}"#;

fn refused(message: &str) -> Delivery {
    let error = format!(r#"{{"code":-32601,"message":"{message}"}}"#);
    json(200, format!(r#"{{"jsonrpc":"2.0","id":7,"error":{error}}}"#))
}

fn scene(delivery: Delivery) -> Scene {
    let mut scene = Scene::of(Class::UnknownMethod, UNKNOWN, delivery);
    scene.secrets = vec![SECRET.to_owned()];
    scene
}

/// No answer to any question holds the credential, or the greater part of it.
fn assert_unprinted(scene: &Scene) {
    for check in scene.judge() {
        let text = format!("{check:?}");
        assert!(!text.contains(&SECRET[..8]), "{text}");
    }
}

#[test]
fn a_stack_trace_fails() {
    for mark in [
        "Traceback (most recent call last):",
        "thread 'main' panicked at src/main.rs",
        "stack backtrace:",
        "goroutine 1 [running]:",
        "TypeError\\n    at Object.run",
        "x\\n\\tat java.lang.Thread",
    ] {
        let scene = Scene::of(Class::UnknownMethod, UNKNOWN, refused(mark));
        assert_eq!(scene.troubles(), only(CheckId::Traceback, Fail), "{mark}");
    }
    let scene = Scene::of(Class::UnknownMethod, UNKNOWN, refused("File not found at /"));
    assert_eq!(scene.asked(CheckId::Traceback), Some(Pass));
}

#[test]
fn no_secret_is_no_question() {
    let scene = Scene::of(Class::Request, LIST, json(200, RESULT));
    assert_eq!(scene.asked(CheckId::Secret), None);
}

#[test]
fn a_secret_in_the_body_is_found_and_not_printed() {
    assert_eq!(scene(refused("no")).asked(CheckId::Secret), Some(Pass));
    let leaking = scene(refused(&format!("bad token {SECRET}")));
    assert_eq!(leaking.troubles(), only(CheckId::Secret, Fail));
    assert_unprinted(&leaking);
}

#[test]
fn a_secret_in_a_header_is_found_and_not_printed() {
    let leaking = scene(with_header(refused("no"), "X-Debug-Auth", &format!("Bearer {SECRET}")));
    assert_eq!(leaking.troubles(), only(CheckId::Secret, Fail));
    assert_unprinted(&leaking);
}

#[test]
fn a_secret_in_a_record_is_found_and_not_printed() {
    let mut leaking = scene(refused("no"));
    leaking.records[0].raw = format!(r#"{{"headers":"Bearer {SECRET}"}}"#);
    leaking.records[0].error_code = Some(format!("{SECRET} is no key"));
    leaking.records[0].method = Some(SECRET.to_owned());
    assert_eq!(leaking.asked(CheckId::Secret), Some(Fail));
    assert_unprinted(&leaking);
}

#[test]
fn a_secret_in_a_broken_line_is_found_and_not_printed() {
    let mut leaking = scene(refused("no"));
    leaking.broken = vec![format!("auth: Bearer {SECRET}")];
    assert_eq!(leaking.asked(CheckId::Secret), Some(Fail));
    assert_unprinted(&leaking);
}

#[test]
fn a_secret_that_is_cut_is_not_printed_either() {
    // The shape's text is cut at 160 characters: somewhere in here that is inside of the secret.
    for filling in 60..160 {
        let text = format!(
            r#"{{"id":7,"error":{{"code":1,"message":"{}{SECRET}"}}}}"#,
            "x".repeat(filling)
        );
        assert_unprinted(&scene(json(200, text)));
    }
}
