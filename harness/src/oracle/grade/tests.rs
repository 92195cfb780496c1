//! What is told, what is not, and what is not asked.

use super::grade;
use crate::audit::record::{AuditRecord, Status};
use crate::case::class::Class;
use crate::case::expectation::RecordDemand;
use crate::oracle::testing::{CALL, Scene, json};
use crate::report::model::Grade;

fn of(scene: &Scene) -> Option<Grade> {
    scene.with(|evidence| grade(evidence, &evidence.audit[0]))
}

fn rungs(scene: &Scene) -> Vec<Option<bool>> {
    of(scene).expect("a grade").rungs().map(|(_, told)| told).to_vec()
}

fn refused() -> Scene {
    let body = r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no such tool"}}"#;
    Scene::of(Class::UnknownTool, CALL, json(200, body))
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

#[test]
fn a_whole_record_tells_everything() {
    assert_eq!(rungs(&refused()), [YES; 8]);
    let served = Scene::call();
    assert_eq!(rungs(&served), [YES, None, None, YES, YES, YES, YES, YES]);
    assert_eq!(of(&served).expect("a grade").call_type, "call_mcp_tool");
}

#[test]
fn each_rung_is_told_by_its_own_member() {
    let lacking = |change: fn(&mut AuditRecord)| {
        let mut scene = refused();
        change(&mut scene.records[0]);
        let rungs = rungs(&scene);
        rungs.iter().position(|told| *told == NO).expect("a rung that is not told")
    };
    assert_eq!(lacking(|it| it.status = Some(Status::Success)), 1);
    assert_eq!(lacking(|it| it.error_code = Some("404".to_owned())), 2);
    assert_eq!(lacking(|it| it.tool_name = None), 3);
    assert_eq!(lacking(|it| it.jsonrpc_id = None), 4);
    assert_eq!(lacking(|it| it.tool_arguments = None), 5);
    assert_eq!(lacking(|it| it.end = it.start.map(|start| start - 1.0)), 6);
    let mut twice = refused();
    twice.records.push(twice.records[0].clone());
    assert_eq!(rungs(&twice)[7], NO);
}

#[test]
fn a_call_type_of_its_own_names_the_method() {
    let mut scene = refused();
    scene.records[0].method = None;
    assert_eq!(rungs(&scene)[3], YES);
    scene.records[0].call_type = Some("call_mcp_protocol_error".to_owned());
    assert_eq!(rungs(&scene)[3], NO);
}

#[test]
fn a_message_without_a_record_is_graded_where_one_is_asked_for() {
    let mut scene = refused();
    scene.records.clear();
    assert_eq!(rungs(&scene), [NO, None, None, None, None, None, None, None]);
    scene.case.expectation.record = RecordDemand::Optional;
    assert_eq!(of(&scene), None);
    let mut doubtful = refused();
    doubtful.ambiguous = true;
    assert_eq!(of(&doubtful), None);
}

#[test]
fn made_up_methods_are_no_kinds_of_their_own() {
    let label = |class, body: &str, reply: &str| {
        of(&Scene::of(class, body, json(200, reply))).expect("a grade").call_type
    };
    let unknown = r#"{"jsonrpc":"2.0","id":7,"method":"no/such"}"#;
    let refused = r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"unknown"}}"#;
    assert_eq!(label(Class::UnknownMethod, unknown, refused), "call_mcp_protocol_error");
    let notification = r#"{"jsonrpc":"2.0","method":"made/up"}"#;
    assert_eq!(label(Class::Notification, notification, ""), "other");
    let known = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(label(Class::Notification, known, ""), "mcp_notifications_*");
}
