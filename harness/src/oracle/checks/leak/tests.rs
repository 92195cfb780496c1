//! Stack traces and credentials: found wherever they stand, and never printed.

use crate::case::class::Class;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::{Hop, Leak, LogLine};
use crate::oracle::secrets::Secrets;
use crate::oracle::testing::{KEY, LIST, RESULT, SECRET, Scene, json, only, with_header};
use crate::report::model::Outcome::{Fail, Pass, Warn};
use crate::wire::delivery::Delivery;

const UNKNOWN: &str = r#"{"jsonrpc":"2.0","id":7,"method":"gauntlet/x"}"#;

fn refused(message: &str) -> Delivery {
    let error = format!(r#"{{"code":-32601,"message":"{message}"}}"#);
    json(200, format!(r#"{{"jsonrpc":"2.0","id":7,"error":{error}}}"#))
}

fn scene(delivery: Delivery) -> Scene {
    let mut scene = Scene::of(Class::UnknownMethod, UNKNOWN, delivery);
    scene.secrets = Secrets::new([SECRET.to_owned()]);
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

#[test]
fn encoded_it_is_the_same_secret() {
    let leaking = scene(refused(&format!("{:x}", Hexadecimal(SECRET))));
    assert_eq!(leaking.troubles(), only(CheckId::Secret, Fail));
    assert_unprinted(&leaking);
}

struct Hexadecimal(&'static str);

impl std::fmt::LowerHex for Hexadecimal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.bytes().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

#[test]
fn a_path_of_the_target_warns_and_one_that_was_sent_does_not() {
    for (message, outcome) in [
        ("cannot open /srv/app/secrets.env", Warn),
        ("at \\\"/usr/lib/node/index.js\\\"", Warn),
        ("in /home/me/project", Warn),
        ("no such method tools/call.x, see https://example.com/usr/docs/index.html", Pass),
        ("tools/list", Pass),
        ("file:///srv/x.py", Pass),
    ] {
        let scene = Scene::of(Class::UnknownMethod, UNKNOWN, refused(message));
        assert_eq!(scene.asked(CheckId::Traceback), Some(outcome), "{message}");
    }
    let sent = r#"{"jsonrpc":"2.0","id":7,"method":"/home/me/x"}"#;
    let scene = Scene::of(Class::UnknownMethod, sent, refused("no method /home/me/x"));
    assert_eq!(scene.asked(CheckId::Traceback), Some(Pass));
}

#[test]
fn a_stack_trace_in_a_record_warns() {
    let mut scene = Scene::of(Class::Request, LIST, json(200, RESULT));
    assert_eq!(scene.asked(CheckId::Traceback), None);
    scene.records[0].raw =
        r#"{"debug":"Traceback (most recent call last):\n  File \"x.py\""}"#.to_owned();
    assert_eq!(scene.troubles(), only(CheckId::Traceback, Warn));
}

#[test]
fn what_the_upstream_asked_the_user_stays_behind_the_target() {
    let of = |message: &str, raw: &str| {
        let mut scene = Scene::of(Class::UnknownMethod, UNKNOWN, refused(message));
        let private = Some("PRIVATE-1".to_owned());
        scene.hop = Some(Hop { private, ..Hop::default() });
        scene.records[0].raw = raw.to_owned();
        scene.asked(CheckId::Secret)
    };
    assert_eq!(of("no", "{}"), Some(Pass));
    assert_eq!(of("no: PRIVATE-1", "{}"), Some(Fail));
    assert_eq!(of("no", r#"{"asked":"PRIVATE-1"}"#), Some(Fail));
    assert_eq!(of("no: PRIVATE-12", "{}"), Some(Pass), "that of another message");
}

#[test]
fn a_secret_argument_may_be_recorded_and_not_logged() {
    let secret = format!("SECRET-ARGUMENT-{KEY}");
    let mut scene = Scene::of(Class::Request, LIST, json(200, RESULT));
    scene.case.expectation.secret = Some("SECRET-ARGUMENT-{{key}}".to_owned());
    assert_eq!(scene.asked(CheckId::Secret), Some(Pass));
    scene.records[0].raw = format!(r#"{{"password":"{secret}"}}"#);
    assert_eq!(scene.troubles(), only(CheckId::Secret, Warn));
    scene.log = Some(vec![LogLine { at: 1.0, text: format!("DEBUG {secret}"), leaks: false }]);
    assert_eq!(scene.asked(CheckId::LogLeak), Some(Fail));
}

#[test]
fn a_log_holds_no_credential_and_no_question() {
    let asked = |text: &str, leaks| {
        let mut scene = Scene::of(Class::Request, LIST, json(200, RESULT));
        scene.hop = Some(Hop { private: Some("PRIVATE-1".to_owned()), ..Hop::default() });
        scene.log = Some(vec![LogLine { at: 1.0, text: text.to_owned(), leaks }]);
        scene.asked(CheckId::LogLeak)
    };
    assert_eq!(asked("served", false), Some(Pass));
    assert_eq!(asked("DEBUG key [secret]", true), Some(Fail));
    assert_eq!(asked("WARN refused: PRIVATE-1", false), Some(Fail));
    assert_eq!(asked("2026-01-01 [debug] refused: PRIVATE-1", false), Some(Pass));
    let scene = Scene::of(Class::Request, LIST, json(200, RESULT));
    assert_eq!(scene.asked(CheckId::LogLeak), None, "without a log");
}

#[test]
fn what_a_source_delivers_beside_is_asked_of_where_a_case_wants_it() {
    let leak = |credential| Leak { credential, excerpt: "key [secret]".to_owned() };
    let asked = |leaks: &[Leak]| {
        let mut scene = Scene::of(Class::Request, LIST, json(200, RESULT));
        scene.case.expectation.deliveries = true;
        scene.secrets = Secrets::new(["sesame-1".to_owned()]);
        scene.leaks = leaks.to_vec();
        scene.asked(CheckId::Delivered)
    };
    assert_eq!(asked(&[]), Some(Pass));
    assert_eq!(asked(&[leak(false)]), Some(Warn));
    assert_eq!(asked(&[leak(false), leak(true)]), Some(Fail));
    let scene = Scene { leaks: vec![leak(true)], ..Scene::call() };
    assert_eq!(scene.asked(CheckId::Delivered), None, "another case asks");
}
