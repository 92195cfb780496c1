use super::{Mapped, map};
use crate::audit::profile::{Field, Profile};
use crate::audit::record::{AuditRecord, Status};
use crate::wire::json::{Json, parse};

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/litellm/", $name))
    };
}

fn profile(name: &str) -> Profile {
    Profile::builtin(name).expect("a built-in profile")
}

fn mapped(profile: &Profile, text: &str) -> Mapped {
    map(profile, &parse(text.as_bytes()).expect("JSON"), text)
}

fn record(profile: &Profile, text: &str) -> AuditRecord {
    match mapped(profile, text) {
        Mapped::Record(record) => *record,
        other => panic!("{other:?}"),
    }
}

fn litellm(text: &str) -> AuditRecord {
    record(&profile("litellm"), text)
}

fn json(text: &str) -> Option<Json> {
    Some(parse(text.as_bytes()).expect("JSON"))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

const HOUSE: &str = include_str!("../../../tests/data/house-record.json");

#[test]
fn reads_every_field_of_a_house_record() {
    let found = record(&profile("reference"), HOUSE);
    assert_eq!(found.id, some("r-1"));
    assert_eq!(found.trace_id, some("4bf92f3577b34da6a3ce929d0e0e4736"));
    assert_eq!(found.call_type, some("call_mcp_tool"));
    assert_eq!(found.status, Some(Status::Failure));
    assert_eq!((found.start, found.end), (Some(1_795_208_837.437), Some(1_795_208_837.443)));
    assert_eq!(found.error_code, some("-32602"));
    assert_eq!(found.error_class, some("UnknownTool"));
    assert_eq!(found.error_message, some("no tool of that name"));
    assert_eq!(found.response, None);
    assert_eq!(found.end_user, some("gauntlet-aaaaaa-000001"));
    assert_eq!(found.tool_name, some("nope"));
    assert_eq!(found.tool_arguments, json(r#"{"n": 1.0}"#));
    assert_eq!(found.server_name, some("up"));
    assert_eq!(found.namespaced_tool_name, some("up-nope"));
    assert_eq!(found.jsonrpc_id, json("9007199254740993"));
    assert_eq!(found.method, some("tools/call"));
    assert_eq!(found.session_id, some("s-1"));
    assert_eq!(found.protocol_version, some("2025-11-25"));
    assert_eq!(found.transport, some("http"));
    assert_eq!(found.correlation_id, some("gauntlet-aaaaaa-000001"));
    assert_eq!(found.raw, HOUSE);
}

#[test]
fn keeps_ids_and_arguments_without_loss() {
    let reference = profile("reference");
    for id in ["1.0", "1e400", "18446744073709551616", r#""\ud800""#, r#""""#, "true", "[]"] {
        let text = HOUSE.replace("9007199254740993", id);
        let found = record(&reference, &text).jsonrpc_id.map(|id| id.to_text());
        assert_eq!(found.as_deref(), Some(id));
    }
    let text = HOUSE.replace(r#"{"n": 1.0}"#, r#"{"n":1,"n":1.0}"#);
    let found = record(&reference, &text).tool_arguments.map(|json| json.to_text());
    assert_eq!(found.as_deref(), Some(r#"{"n":1,"n":1.0}"#));
}

#[test]
fn takes_null_and_empty_for_absent_but_keeps_an_empty_call_type() {
    let found = record(
        &profile("reference"),
        r#"{"id":"","call_type":"","status":"","startTime":null,"end_user":null,"metadata":null,
            "error_information":{"error_code":"","error_message":null}}"#,
    );
    assert_eq!((found.id, found.status, found.start, found.end_user), (None, None, None, None));
    assert_eq!((found.error_code, found.error_message, found.method), (None, None, None));
    assert_eq!(found.call_type, some(""));
    let absent = record(&profile("reference"), r#"{"call_type":null,"metadata":{}}"#);
    assert_eq!(absent.call_type, None);
}

#[test]
fn reads_texts_from_other_types_and_times_from_texts() {
    let found = record(
        &profile("reference"),
        r#"{"id":7,"call_type":true,"startTime":"1795208837.5","endTime":"2026-11-20T21:26:01Z",
            "status":"odd","metadata":{},"error_information":{"error_code":-32602}}"#,
    );
    assert_eq!((found.id, found.call_type), (some("7"), some("true")));
    assert_eq!((found.start, found.end), (Some(1_795_208_837.5), Some(1_795_209_961.0)));
    assert_eq!((found.status, found.error_code), (None, some("-32602")));
    let odd = r#"{"call_type":"x","startTime":1e999,"endTime":{},"metadata":{}}"#;
    let odd = record(&profile("reference"), odd);
    assert_eq!((odd.start, odd.end), (None, None));
}

#[test]
fn unpacks_a_response_that_is_stored_as_text() {
    let reference = profile("reference");
    let response = |text: &str| {
        let line = format!(r#"{{"call_type":"x","metadata":{{}},"response":{text}}}"#);
        record(&reference, &line).response.and_then(|text| json(&text))
    };
    for nothing in ["null", "{}", r#""""#, r#""{}""#, r#"" {} ""#, r#""null""#] {
        assert_eq!(response(nothing), None, "{nothing}");
    }
    assert_eq!(response(r#""{\"a\":1.0}""#), json(r#"{"a":1.0}"#));
    for kept in ["[]", "0", "false", r#""7""#, r#""plain""#, r#"" ""#] {
        assert_eq!(response(kept), json(kept), "{kept}");
    }
}

#[test]
fn reads_a_successful_call_of_litellm_inside_its_event() {
    let profile = profile("litellm");
    let found = record(&profile, data!("call-success.json"));
    assert_eq!(
        (found.call_type.as_deref(), found.status),
        (Some("call_mcp_tool"), Some(Status::Success))
    );
    assert_eq!(found.tool_name, some("echo"));
    assert_eq!(found.namespaced_tool_name, some("up/echo"));
    assert_eq!(found.tool_arguments, json(r#"{"text": "hi"}"#));
    assert_eq!(found.correlation_id, some("gauntlet-aaaaaa-000009"));
    assert_eq!(found.session_id, some("6371347ffcbc4f2ba10230bc6f83c730"));
    assert_eq!(found.trace_id, some("4bf92f3577b34da6a3ce929d0e0e4736"));
    assert!(found.response.is_some());
    for carried in [Field::CorrelationId, Field::SessionId, Field::TraceId, Field::Response] {
        assert_eq!(profile.cannot(carried, &found), None, "{carried:?}");
    }
    for not in [Field::JsonrpcId, Field::Method, Field::ErrorCode, Field::Transport] {
        assert!(profile.cannot(not, &found).is_some(), "{not:?}");
    }
}

#[test]
fn reads_a_rejection_of_litellm_as_a_protocol_error() {
    let profile = profile("litellm");
    let found = record(&profile, data!("rejection-unknown-method.json"));
    assert_eq!(found.call_type, some("call_mcp_protocol_error"));
    assert_eq!(found.error_code, some("-32601"), "not the HTTP status beside it");
    assert_eq!(found.error_message, some("Method not found"));
    assert_eq!(found.jsonrpc_id, json(r#""7""#), "the text that the record has");
    assert_eq!(found.method, some("tools/totally_made_up"));
    for carried in [Field::JsonrpcId, Field::Method, Field::ErrorCode, Field::EndUser] {
        assert_eq!(profile.cannot(carried, &found), None, "{carried:?}");
    }
    for not in [Field::CorrelationId, Field::SessionId, Field::TraceId] {
        assert!(profile.cannot(not, &found).is_some(), "{not:?}");
    }
}

#[test]
fn leaves_the_defects_of_litellm_as_they_are() {
    let auth = litellm(data!("bad-auth.json"));
    assert_eq!(auth.call_type, some("/mcp/"));
    assert_eq!((auth.end_user, auth.correlation_id, auth.response), (None, None, None));
    assert_eq!(litellm(data!("spend-row-unknown-tool-1.81.json")).call_type, some(""));
    let failed = litellm(data!("upstream-is-error.json"));
    assert_eq!((failed.status, failed.error_code), (Some(Status::Failure), None));
    assert_eq!(failed.error_class, some("MCPToolResultError"));
    let unknown = litellm(data!("unknown-tool.json"));
    assert_eq!(unknown.tool_name, some("totally_made_up_tool"));
    assert_eq!(unknown.tool_arguments, json("{}"));
    assert_eq!((unknown.server_name, unknown.session_id), (None, None));
}

#[test]
fn reads_a_list_of_the_older_litellm() {
    let found = litellm(data!("list-tools-1.81.json"));
    assert_eq!((found.call_type.as_deref(), found.end_user), (Some("list_mcp_tools"), None));
    assert!(found.response.is_some_and(|response| response.starts_with('[')));
}

#[test]
fn reads_rows_of_spend_logs() {
    let profile = profile("litellm");
    let bare = record(&profile, data!("spend-row-success.json"));
    assert_eq!(bare.id, some("00000000-0000-4000-8000-000000000002"));
    assert_eq!(bare.trace_id, some("00000000-0000-4000-8000-0000000000bb"));
    assert_eq!(bare.namespaced_tool_name, some("up/echo"));
    assert_eq!((bare.status, bare.response.clone()), (Some(Status::Success), None));
    assert!(bare.start.is_some_and(|start| (start - 1_795_209_961.890_197).abs() < 1e-6));
    assert!(profile.cannot(Field::Response, &bare).is_some(), "rows keep no responses by default");
    let nested = record(&profile, data!("spend-row-unknown-tool-1.81.json"));
    assert_eq!((nested.error_code, nested.status), (some("404"), Some(Status::Failure)));
}

#[test]
fn a_reason_for_rows_does_not_excuse_logging_objects() {
    let profile = profile("litellm");
    let failed = record(&profile, data!("upstream-is-error.json"));
    assert_eq!((failed.response.clone(), profile.cannot(Field::Response, &failed)), (None, None));
}

#[test]
fn tells_hooks_from_lines_that_nobody_knows() {
    let profile = profile("litellm");
    for hook in data!("hooks.jsonl").lines() {
        assert!(matches!(mapped(&profile, hook), Mapped::Ignored), "{hook}");
    }
    for other in ["{}", "[]", "null", r#""text""#, r#"{"event":"success","slo":null}"#] {
        assert!(matches!(mapped(&profile, other), Mapped::NotARecord), "{other}");
    }
}
