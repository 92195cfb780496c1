//! Whether there is a record, only one, and of the right kind.

use super::answer;
use crate::audit::profile::Answer;
use crate::audit::record::{AuditRecord, Status};
use crate::case::class::Class;
use crate::case::expectation::{RecordDemand, ReplyKind};
use crate::oracle::check::CheckId;
use crate::oracle::evidence::Lost;
use crate::oracle::testing::{
    CALL, LIST, RESULT, Scene, delivery, envelope, error, exchange_of, json, nothing, only, record,
};
use crate::report::model::Outcome::{Fail, NotApplicable, Pass, Untestable, Warn};
use crate::wire::delivery::End;
use crate::wire::envelope::Envelope;

const NOTE: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const RESPONSE: &str = r#"{"jsonrpc":"2.0","id":7,"result":{}}"#;

#[test]
fn a_missing_record_counts_by_what_the_case_demands() {
    for (demand, outcome) in [
        (RecordDemand::Required, Fail),
        (RecordDemand::Expected, Warn),
        (RecordDemand::Optional, NotApplicable),
    ] {
        let mut scene = Scene::call();
        scene.records.clear();
        scene.case.expectation.record = demand;
        assert_eq!(scene.asked(CheckId::Record), Some(outcome), "{demand:?}");
        assert_eq!(scene.asked(CheckId::CallType), None, "there is nothing to look at");
    }
}

#[test]
fn an_accepted_message_without_a_record_only_warns() {
    for (class, body) in [(Class::Notification, NOTE), (Class::Response, RESPONSE)] {
        let mut scene = Scene::of(class, body, delivery(202, "", ""));
        scene.records.clear();
        assert_eq!(scene.troubles(), only(CheckId::Record, Warn), "{class}");
        let mut refused = Scene::of(class, body, json(400, ""));
        refused.records.clear();
        assert_eq!(refused.troubles(), only(CheckId::Record, Fail), "a refusal leaves one");
    }
    let mut request = Scene::of(Class::Request, LIST, delivery(202, "", ""));
    request.records.clear();
    assert_eq!(request.asked(CheckId::Record), Some(Fail), "a request is no notification");
}

#[test]
fn two_records_of_one_message_fail() {
    let mut scene = Scene::call();
    scene.records.push(scene.records[0].clone());
    assert_eq!(scene.troubles(), only(CheckId::RecordOnce, Fail));
}

#[test]
fn of_two_records_the_one_whose_call_type_fits_is_judged() {
    let mut scene = Scene::call();
    let stray = AuditRecord { call_type: Some("mcp_ping".to_owned()), ..AuditRecord::default() };
    scene.records.insert(0, stray);
    assert_eq!(scene.troubles(), only(CheckId::RecordOnce, Fail));
}

#[test]
fn a_batch_leaves_one_record_or_one_a_message() {
    let second = |text: &str| text.replace('7', "8");
    let reply = format!("[{RESULT},{}]", second(RESULT));
    let mut scene =
        Scene::of(Class::Batch, &format!("[{LIST},{}]", second(LIST)), json(200, reply));
    let record = AuditRecord::default();
    for (count, outcome) in [(1, Pass), (2, Pass), (3, Fail)] {
        scene.records = vec![record.clone(); count];
        assert_eq!(scene.asked(CheckId::RecordOnce), Some(outcome), "{count}");
        assert_eq!(scene.asked(CheckId::CallType), None, "a batch has no fields of its own");
    }
    scene.stimulus.reading.class = Class::TooDeep;
    scene.records = vec![record; 2];
    assert_eq!(scene.asked(CheckId::RecordOnce), Some(Pass), "whatever else is wrong with it");
}

#[test]
fn an_ambiguous_record_is_untestable_and_not_read() {
    let mut scene = Scene::call();
    scene.ambiguous = true;
    scene.records[0].status = Some(Status::Failure);
    assert_eq!(scene.troubles(), only(CheckId::Record, Untestable));
    scene.records.clear();
    assert_eq!(scene.troubles(), only(CheckId::Record, Untestable));
}

#[test]
fn a_line_that_is_no_record_fails() {
    let mut scene = Scene::call();
    scene.broken = vec!["half a record".to_owned()];
    assert_eq!(scene.troubles(), only(CheckId::Line, Fail));
    assert_eq!(Scene::call().asked(CheckId::Line), None);
}

#[test]
fn a_record_too_deep_to_be_read_is_no_missing_one() {
    let mut scene = Scene::call();
    scene.records.clear();
    scene.too_deep = true;
    assert_eq!(scene.asked(CheckId::Record), Some(NotApplicable));
    assert_eq!(scene.troubles(), []);
}

#[test]
fn orphans_are_asked_for_where_the_case_does() {
    let mut scene = Scene::call();
    scene.orphans = vec![AuditRecord { raw: "an orphan".to_owned(), ..AuditRecord::default() }];
    assert_eq!(scene.asked(CheckId::Orphan), None);
    scene.case.expectation.orphans = true;
    assert_eq!(scene.troubles(), only(CheckId::Orphan, Fail));
    scene.orphans.clear();
    assert_eq!(scene.asked(CheckId::Orphan), Some(Pass));
}

#[test]
fn without_a_source_or_a_connection_no_record_is_asked_for() {
    let audited = |scene: &Scene| {
        scene.judge().iter().filter(|check| check.check.starts_with("audited.")).count()
    };
    assert!(audited(&Scene::call()) > 5);
    assert_eq!(audited(&Scene::call().unaudited()), 0);
    let refused = nothing(End::Refused("refused".to_owned()));
    assert_eq!(audited(&Scene::of(Class::Request, LIST, refused)), 0);
}

#[test]
fn what_a_product_never_records_is_not_missing() {
    let mut scene = Scene::of(Class::Request, LIST, json(200, RESULT));
    scene.records.clear();
    let text = r#"
        name = "quiet"
        settle = "1s"
        deadline = "1s"
        [status]
        ok = "success"
        [[shape]]
        name = "any"
        under = [""]
        has = ["/x"]
        [shape.fields]
        [[unrecorded]]
        method = "tools/list"
        reason = "lists are not recorded"
    "#;
    scene.profile = crate::audit::profile::Profile::parse(text, "quiet").unwrap();
    assert_eq!(scene.asked(CheckId::Record), Some(NotApplicable));
}

#[test]
fn the_call_type_follows_what_was_sent_and_what_came_back() {
    let unknown = r#"{"jsonrpc":"2.0","id":7,"method":"gauntlet/x"}"#;
    let no_tool = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"no"}}"#;
    let bad_id = r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#;
    let failed = || json(200, error(-32603, "7"));
    let ours = "call_mcp_protocol_error";
    let table = [
        (Class::Request, CALL, json(200, RESULT), vec!["call_mcp_tool"]),
        (Class::Request, CALL, failed(), vec!["call_mcp_tool", ours]),
        (Class::Request, LIST, json(200, RESULT), vec!["list_mcp_tools"]),
        (Class::UnknownTool, no_tool, failed(), vec!["call_mcp_tool"]),
        (Class::UnknownMethod, unknown, failed(), vec![ours]),
        (Class::InvalidId, bad_id, failed(), vec!["mcp_ping", ours]),
        (Class::Unparsable, "hello", failed(), vec![ours]),
        (Class::Notification, NOTE, json(202, ""), vec!["mcp_notifications_initialized", ours]),
    ];
    let all = ["call_mcp_tool", "list_mcp_tools", "mcp_ping", "mcp_notifications_initialized"];
    for (class, body, delivery, permitted) in table {
        let mut scene = Scene::of(class, body, delivery);
        for call_type in all.into_iter().chain([ours, "", "mcp_gauntlet_x"]) {
            scene.records[0].call_type = Some(call_type.to_owned());
            let wanted = if permitted.contains(&call_type) { Pass } else { Fail };
            assert_eq!(scene.asked(CheckId::CallType), Some(wanted), "{body} as {call_type}");
        }
        scene.records[0].call_type = None;
        assert_eq!(scene.asked(CheckId::CallType), Some(Fail), "{body} without one");
    }
}

#[test]
fn a_message_outside_of_our_vocabulary_needs_some_call_type() {
    let message = Envelope { method: "DELETE".to_owned(), ..envelope("") };
    let exchange = exchange_of(message, json(200, ""));
    let mut scene = Scene::new(Class::HttpMethod, exchange);
    for (call_type, outcome) in [("session_delete", Pass), ("", Fail)] {
        scene.records =
            vec![AuditRecord { call_type: Some(call_type.to_owned()), ..record(&scene.stimulus) }];
        assert_eq!(scene.asked(CheckId::CallType), Some(outcome), "`{call_type}`");
    }
}

#[test]
fn replies_have_a_word_in_profiles() {
    let table = [
        (ReplyKind::Result, Answer::Result),
        (ReplyKind::ToolError, Answer::Error),
        (ReplyKind::Error, Answer::Error),
        (ReplyKind::Http, Answer::Error),
        (ReplyKind::Accepted, Answer::Acknowledged),
        (ReplyKind::Silent, Answer::None),
        (ReplyKind::Closed, Answer::None),
    ];
    for (kind, word) in table {
        assert_eq!(answer(kind), word, "{kind}");
    }
}

#[test]
fn a_record_that_is_elsewhere_is_lost_here() {
    let lost = |elsewhere| Lost { elsewhere, what: "tools/list".to_owned() };
    let asked = |lost: &[Lost]| {
        let mut scene = Scene::call();
        scene.case.expectation.complete = true;
        scene.lost = lost.to_vec();
        scene.asked(CheckId::RecordLost)
    };
    assert_eq!(asked(&[]), Some(Pass));
    assert_eq!(asked(&[lost(false)]), Some(Warn), "only its repetition proves it");
    assert_eq!(asked(&[lost(false), lost(true)]), Some(Fail));
    assert_eq!(Scene { lost: vec![lost(true)], ..Scene::call() }.asked(CheckId::RecordLost), None);
}
