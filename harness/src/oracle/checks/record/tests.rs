//! Each field of the record: the honest one passes, and a change of one field fails by one check.

use crate::audit::record::{AuditRecord, Status};
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::oracle::check::CheckId;
use crate::oracle::testing::{
    CALL, LIST, RESULT, Scene, envelope, error, exchange_of, json, nothing, only, value,
};
use crate::report::model::Outcome::{self, Fail, NotApplicable, Pass, Warn};
use crate::wire::delivery::End;

const UNKNOWN: &str = r#"{"jsonrpc":"2.0","id":7,"method":"gauntlet/x"}"#;

fn unknown_method() -> Scene {
    Scene::of(Class::UnknownMethod, UNKNOWN, json(200, error(-32601, "7")))
}

/// What is wrong with a scene after a change of its record.
fn changed(mut scene: Scene, change: impl FnOnce(&mut AuditRecord)) -> Vec<(String, Outcome)> {
    change(&mut scene.records[0]);
    scene.troubles()
}

#[test]
fn the_status_agrees_with_the_reply() {
    let wrong = |scene, status| changed(scene, |record| record.status = status);
    let failed = only(CheckId::RecordStatus, Fail);
    assert_eq!(wrong(Scene::call(), Some(Status::Failure)), failed);
    assert_eq!(wrong(Scene::call(), None), failed);
    assert_eq!(wrong(unknown_method(), Some(Status::Success)), failed);
    assert_eq!(wrong(unknown_method(), Some(Status::Failure)), []);
}

#[test]
fn the_call_type_of_a_long_method_may_be_cut() {
    let body = format!("{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/{}\"}}", "x".repeat(600));
    let body: &'static str = body.leak();
    let scene = || Scene::of(Class::Notification, body, json(202, ""));
    let called = |name: String| changed(scene(), |record| record.call_type = Some(name));
    let whole = scene().records[0].call_type.clone().unwrap();
    assert!(whole.len() > 600, "{whole}");
    let begin: String = whole.chars().take(200).collect();
    assert_eq!(called(format!("{begin}…")), []);
    let failed = only(CheckId::CallType, Fail);
    assert_eq!(called(format!("{begin}y")), failed);
    assert_eq!(called(whole.chars().take(20).collect()), failed);
}

#[test]
fn a_tool_error_a_refusal_and_silence_are_failures() {
    let is_error = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[],"isError":true}}"#;
    for (kind, delivery) in [
        (ReplyKind::ToolError, json(200, is_error)),
        (ReplyKind::Http, json(400, "")),
        (ReplyKind::Silent, nothing(End::Deadline)),
        (ReplyKind::Closed, nothing(End::Closed)),
    ] {
        let scene =
            || Scene::of(Class::Request, CALL, delivery.clone()).permit(kind, Allowed::default());
        assert_eq!(scene().troubles(), [], "{kind}");
        let wrong = changed(scene(), |record| record.status = Some(Status::Success));
        assert_eq!(wrong, only(CheckId::RecordStatus, Fail), "{kind}");
        let mute = changed(scene(), |record| {
            record.error_code = None;
            record.error_message = None;
        });
        assert_eq!(mute, only(CheckId::RecordError, Fail), "{kind}");
    }
}

#[test]
fn a_failure_carries_the_code_that_the_caller_saw() {
    let with = |code: Option<&str>| {
        changed(unknown_method(), |record| record.error_code = code.map(str::to_owned))
    };
    assert_eq!(with(Some("-32601")), []);
    assert_eq!(with(Some("-32600")), only(CheckId::RecordError, Fail));
    // A code of another vocabulary, or none, beside a message still says that it failed and why.
    for code in [None, Some("32601"), Some("200"), Some("")] {
        assert_eq!(with(code), only(CheckId::RecordError, Warn), "{code:?}");
    }
}

#[test]
fn what_http_refuses_may_be_recorded_by_its_status() {
    let mut message = envelope(LIST);
    message.headers.retain(|header| !header.is("content-type"));
    let with = |code: &str| {
        let exchange = exchange_of(message.clone(), json(415, error(-32000, "null")));
        changed(Scene::new(Class::HttpContentType, exchange), |record| {
            record.error_code = Some(code.to_owned());
        })
    };
    assert_eq!(with("415"), []);
    assert_eq!(with("-32000"), []);
    assert_eq!(with("400"), only(CheckId::RecordError, Warn));
    assert_eq!(with("-32601"), only(CheckId::RecordError, Fail));
}

#[test]
fn a_success_needs_no_error() {
    assert_eq!(Scene::call().asked(CheckId::RecordError), None);
}

#[test]
fn the_id_of_the_record_is_the_one_sent() {
    let with = |sent: &str, seen: Option<&str>| {
        let (body, reply) = (LIST.replace('7', sent), RESULT.replace('7', sent));
        changed(Scene::of(Class::Request, &body, json(200, reply)), |record| {
            record.jsonrpc_id = seen.map(value);
        })
    };
    assert_eq!(with("7", Some("7")), []);
    assert_eq!(with("7", Some("\"7\"")), [], "a product that keeps ids as texts");
    assert_eq!(with("7.0", Some("7")), [], "the same number in another notation");
    assert_eq!(with("\"a b\"", Some("\"a b\"")), []);
    assert_eq!(with("7", None), only(CheckId::RecordRequest, Warn));
    for (sent, seen) in [("7", "8"), ("7", "\"8\""), ("\"abc\"", "\"ab\""), ("\"a\"", "7")] {
        assert_eq!(with(sent, Some(seen)), only(CheckId::RecordRequest, Fail), "{sent} {seen}");
    }
    let rounded = with("9007199254740993", Some("9007199254740992"));
    assert_eq!(rounded, only(CheckId::RecordRequest, Fail));
}

#[test]
fn a_long_id_may_be_cut_but_not_changed() {
    let sent = "x".repeat(200);
    let with = |seen: String| {
        let quoted = format!("\"{sent}\"");
        let (body, reply) = (LIST.replace('7', &quoted), RESULT.replace('7', &quoted));
        changed(Scene::of(Class::Request, &body, json(200, reply)), |record| {
            record.jsonrpc_id = Some(value(&format!("\"{seen}\"")));
        })
    };
    assert_eq!(with("x".repeat(200)), []);
    assert_eq!(with(format!("{}…", "x".repeat(64))), []);
    let failed = only(CheckId::RecordRequest, Fail);
    assert_eq!(with("x".repeat(20)), failed, "too short to be told from another");
    assert_eq!(with(format!("{}y", "x".repeat(100))), failed);
}

#[test]
fn the_method_of_the_record_is_the_one_sent() {
    let with = |seen: Option<&str>| {
        changed(unknown_method(), |record| record.method = seen.map(str::to_owned))
    };
    assert_eq!(with(Some("gauntlet/x")), []);
    assert_eq!(with(Some("gauntlet/\u{200b}x")), [], "what a log adds or drops to stay whole");
    assert_eq!(with(None), only(CheckId::RecordRequest, Warn));
    assert_eq!(with(Some("tools/list")), only(CheckId::RecordRequest, Fail));
}

#[test]
fn what_was_refused_unread_needs_no_method_and_id() {
    let body = r#"{"jsonrpc":"2.0","id":7,"method":"ping""#;
    let scene = Scene::of(Class::Unparsable, body, json(400, error(-32700, "null")));
    let bare = changed(scene, |record| {
        record.jsonrpc_id = None;
        record.method = None;
    });
    assert_eq!(bare, []);
}

#[test]
fn a_call_names_its_tool_and_arguments() {
    let failed = only(CheckId::RecordTool, Fail);
    let named = |name: Option<&str>| {
        changed(Scene::call(), |record| record.tool_name = name.map(str::to_owned))
    };
    for name in ["up-echo", "echo", "up/echo"] {
        assert_eq!(named(Some(name)), [], "{name}");
    }
    for name in [None, Some(""), Some("other"), Some("o"), Some("p-echo"), Some("down-echo")] {
        assert_eq!(named(name), failed, "{name:?}");
    }
    let spaced = changed(Scene::call(), |record| {
        record.tool_name = None;
        record.namespaced_tool_name = Some("up-echo".to_owned());
    });
    assert_eq!(spaced, []);
    assert_eq!(changed(Scene::call(), |record| record.tool_arguments = None), failed);
}

#[test]
fn a_failed_call_names_its_tool_too() {
    let scene = Scene::of(Class::Request, CALL, json(200, error(-32603, "7")));
    let scene = scene.permit(ReplyKind::Error, Allowed::default());
    assert_eq!(changed(scene, |record| record.tool_name = None), only(CheckId::RecordTool, Fail));
}

#[test]
fn a_served_call_carries_its_response() {
    let missing = changed(Scene::call(), |record| record.response = None);
    assert_eq!(missing, only(CheckId::RecordResponse, Fail));
    let list = changed(Scene::of(Class::Request, LIST, json(200, RESULT)), |record| {
        record.response = None;
    });
    assert_eq!(list, [], "only a call");
    assert_eq!(unknown_method().asked(CheckId::RecordResponse), None);
}

#[test]
fn times_are_seconds_within_the_exchange() {
    // The exchange of every scene runs from second 1000 to 1000.5.
    let with = |start: Option<f64>, end: Option<f64>| {
        changed(Scene::call(), |record| (record.start, record.end) = (start, end))
    };
    assert_eq!(with(Some(1000.0), Some(1000.5)), []);
    assert_eq!(with(Some(998.5), Some(1002.0)), [], "within the tolerance of clocks");
    assert_eq!(with(None, Some(1000.5)), only(CheckId::RecordTiming, Warn));
    assert_eq!(with(Some(1000.0), None), only(CheckId::RecordTiming, Warn));
    for (start, end) in
        [(1_000_000.0, 1_000_500.0), (1000.4, 1000.2), (f64::NAN, 1000.2), (1000.0, f64::NAN)]
    {
        let failed = only(CheckId::RecordTiming, Fail);
        assert_eq!(with(Some(start), Some(end)), failed, "{start} to {end}");
    }
    for (start, end) in [(990.0, 1000.2), (1003.0, 1003.1), (1000.0, 1010.0)] {
        let warned = only(CheckId::RecordTiming, Warn);
        assert_eq!(with(Some(start), Some(end)), warned, "{start} to {end}: another clock");
    }
}

#[test]
fn a_failure_may_end_after_the_caller_has_gone() {
    let scene = Scene::of(Class::Request, CALL, nothing(End::Deadline));
    let scene = scene.permit(ReplyKind::Silent, Allowed::default());
    assert_eq!(changed(scene, |record| record.end = Some(1060.0)), []);
}

#[test]
fn what_a_product_cannot_carry_does_not_apply() {
    use crate::audit::profile::Profile;
    let fields = ["call_type", "status", "tool_name", "response", "start", "jsonrpc_id", "method"];
    let cannot: String = fields
        .map(|field| format!("[[cannot]]\nfield = \"{field}\"\nreason = \"it has none\"\n"))
        .concat();
    let text = format!(
        "name = \"bare\"\nsettle = \"1s\"\ndeadline = \"1s\"\n[status]\nok = \"success\"\n\
         [[shape]]\nname = \"any\"\nunder = [\"\"]\nhas = [\"/raw\"]\n[shape.fields]\n{cannot}"
    );
    let mut scene = Scene::call();
    scene.profile = Profile::parse(&text, "bare").unwrap();
    scene.records = vec![AuditRecord { raw: "{\"raw\":1}".to_owned(), ..AuditRecord::default() }];
    assert_eq!(scene.troubles(), []);
    for check in [
        CheckId::CallType,
        CheckId::RecordStatus,
        CheckId::RecordTool,
        CheckId::RecordResponse,
        CheckId::RecordTiming,
        CheckId::RecordRequest,
    ] {
        assert_eq!(scene.asked(check), Some(NotApplicable), "{check}");
    }
    assert_eq!(scene.asked(CheckId::Record), Some(Pass));
}

#[test]
fn a_product_without_any_place_for_an_error_is_not_asked_for_one() {
    use crate::audit::profile::{Cannot, Field};
    let cannot = |field| Cannot { field, shape: None, unless: None, reason: "none".to_owned() };
    let silent = |fields: &[Field]| {
        let mut scene = unknown_method();
        scene.profile.cannot.extend(fields.iter().copied().map(cannot));
        for record in &mut scene.records {
            (record.error_code, record.error_class, record.error_message) = (None, None, None);
        }
        scene.asked(CheckId::RecordError)
    };
    let all = [Field::ErrorCode, Field::ErrorClass, Field::ErrorMessage];
    assert_eq!(silent(&all), Some(NotApplicable));
    assert_eq!(silent(&all[..2]), Some(Fail));
    assert_eq!(silent(&[]), Some(Fail));
}

#[test]
fn what_becomes_of_a_call_when_we_hang_up_may_be_recorded_either_way() {
    for status in [Status::Success, Status::Failure] {
        let hung_up = |give_up_ms| {
            let mut scene = Scene::of(Class::Request, CALL, nothing(End::Deadline))
                .permit(ReplyKind::Silent, Allowed::default());
            scene.case.stimulus.give_up_ms = give_up_ms;
            // It ends long after we have.
            scene.records[0].end = Some(scene.stimulus.ended + 10.0);
            changed(scene, |record| record.status = Some(status))
        };
        assert_eq!(hung_up(Some(300)), []);
        assert_eq!(hung_up(None).is_empty(), status == Status::Failure);
    }
}
