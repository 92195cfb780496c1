//! What a profile can say of where a field is, beyond a pointer.

use super::{Mapped, map};
use crate::audit::guess::Guess;
use crate::audit::profile::{Field, Profile};
use crate::audit::record::{AuditRecord, Status};
use crate::wire::json::parse;

fn profile(fields: &str, more: &str) -> Profile {
    let text = format!(
        "name = \"p\"\nsettle = \"1s\"\ndeadline = \"2s\"\n{more}\n[status]\nok = \"success\"\nBAD = \"failure\"\n\
         2xx = \"success\"\n4xx = \"failure\"\n404 = \"success\"\n[[shape]]\nname = \"s\"\nunder = [\"\"]\nhas = \
         [\"\"]\n[shape.fields]\n{fields}"
    );
    Profile::parse(&text, "p.toml").expect("a profile")
}

fn read(profile: &Profile, raw: &str) -> AuditRecord {
    let value = parse(raw.as_bytes()).ok().or_else(|| profile.read_text(raw)).expect("a line");
    match map(profile, &value, raw) {
        Mapped::Record(record) => *record,
        other => panic!("{other:?}"),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_part_of_a_text_is_taken_and_translated() {
    let profile = profile(
        r#"method = [{ pointer = "/m", pattern = "^rpc:(.+)$" }, "/m"]
           transport = [{ pointer = "/t", map = { "1" = "http", "2" = "stdio" } }]
           tool_name = [{ pointer = "/call", pattern = "tool=(\\S+)", map = { a = "alpha" } }]
           server_name = [{ constant = "up" }]"#,
        "",
    );
    let found = read(&profile, r#"{"m":"rpc:tools/call","t":1,"call":"x tool=a y"}"#);
    assert_eq!((found.method, found.transport), (some("tools/call"), some("http")));
    assert_eq!((found.tool_name, found.server_name), (some("alpha"), some("up")));
    let found = read(&profile, r#"{"m":"plain","t":3,"call":"none"}"#);
    assert_eq!((found.method, found.transport), (some("plain"), some("3")));
    assert_eq!(found.tool_name, None);
}

#[test]
fn a_name_is_found_anywhere() {
    let profile = profile(
        r#"session_id = ["**/session_id"]
        error_code = ["**/error/code"]"#,
        "",
    );
    let found =
        read(&profile, r#"{"code":1,"a":{"sessionId":"s"},"b":[{"Error":{"Code":-32601}}]}"#);
    assert_eq!((found.session_id, found.error_code), (some("s"), some("-32601")));
}

#[test]
fn words_of_status_have_no_case_and_codes_have_classes() {
    let profile = profile(r#"status = ["/s"]"#, "");
    let status = |text: &str| read(&profile, &format!(r#"{{"s":{text}}}"#)).status;
    for (text, wanted) in [
        (r#""OK""#, Some(Status::Success)),
        (r#""bad""#, Some(Status::Failure)),
        ("200", Some(Status::Success)),
        (r#""403""#, Some(Status::Failure)),
        ("404", Some(Status::Success)),
        ("500", None),
        (r#""2xx""#, Some(Status::Success)),
        (r#""20""#, None),
        (r#""2000""#, None),
        (r#""odd""#, None),
    ] {
        assert_eq!(status(text), wanted, "{text}");
    }
}

#[test]
fn a_call_type_follows_from_the_method() {
    let profile = profile(
        r#"method = ["/m"]
           call_type = ["/c"]
           status = ["/s"]
           error_code = ["/e"]"#,
        "call_type_from_method = true",
    );
    let call_type = |text: &str| read(&profile, text).call_type;
    assert_eq!(call_type(r#"{"m":"tools/call","c":"other","s":"bad"}"#), some("call_mcp_tool"));
    assert_eq!(call_type(r#"{"m":"no/such","s":"bad"}"#), some("call_mcp_protocol_error"));
    assert_eq!(call_type(r#"{"m":"tools/list","e":-32600}"#), some("call_mcp_protocol_error"));
    assert_eq!(call_type(r#"{"c":"own","s":"bad"}"#), some("own"));
    assert_eq!(call_type(r#"{"s":"bad"}"#), some("call_mcp_protocol_error"));
    assert_eq!(call_type(r#"{"s":"ok"}"#), None);
}

#[test]
fn lines_of_text_are_read_by_their_groups() {
    let profile = profile(
        r#"method = ["/method"]
           correlation_id = ["/id"]
           tool_arguments = ["/args"]"#,
        "[[text]]\npattern = '^\\S+ (?<method>\\S+) id=(?<id>\\S*)(?: args=(?<args>.+))?$'\nshape = \"s\"\n\
         [[text]]\npattern = '^prefix (?<inner>\\{.*)$'\n",
    );
    let found = read(&profile, r#"12:00 tools/call id=k1 args={"a":1.0}"#);
    assert_eq!((found.method, found.correlation_id), (some("tools/call"), some("k1")));
    assert_eq!(found.tool_arguments.map(|it| it.to_text()), some(r#"{"a":1.0}"#));
    assert_eq!(read(&profile, "12:00 ping id=k2").tool_arguments, None);
    assert!(profile.read_text("nothing like it").is_none());
    let inner = profile.read_text(r#"prefix {"a":1}"#).expect("a line");
    assert!(inner.pointer("/inner/a").is_some());
}

/// A product's record and what the generic profile makes of it: call type, status, tool, code, id, key.
type Made<'a> = [Option<&'a str>; 6];

fn generic(raw: &str) -> [Option<String>; 6] {
    let profile = Profile::builtin("generic").expect("built in");
    let found = read(&profile, raw);
    let status = found.status.map(|status| format!("{status:?}").to_lowercase());
    let id = found.jsonrpc_id.map(|id| id.to_text());
    [found.call_type, status, found.tool_name, found.error_code, id, found.correlation_id]
}

#[test]
fn the_generic_profile_reads_what_products_write() {
    let table: [(&str, Made<'_>); 6] = [
        (
            r#"{"attributes":{"mcp.method.name":"tools/call","gen_ai.tool.name":"t","jsonrpc.request.id":7,
                "rpc.response.status_code":-32602},"status":{"code":"STATUS_CODE_ERROR"}}"#,
            [Some("call_mcp_tool"), Some("failure"), Some("t"), Some("-32602"), Some("7"), None],
        ),
        (
            r#"{"@timestamp":"2026-11-20T21:26:01Z","event":{"action":"tools/list","outcome":"success"},
                "http":{"request":{"id":"k"}}}"#,
            [Some("list_mcp_tools"), Some("success"), None, None, None, Some("k")],
        ),
        (
            r#"{"time":1795208837,"method":"POST","path":"/mcp","status":404,"request_id":"k"}"#,
            [Some("call_mcp_protocol_error"), Some("failure"), None, None, None, Some("k")],
        ),
        (
            r#"{"ts":1795208837123,"mcpMethod":"tools/call","toolName":"t","success":false,
                "error":{"code":-32602,"message":"no"},"correlationId":"k"}"#,
            [Some("call_mcp_tool"), Some("failure"), Some("t"), Some("-32602"), None, Some("k")],
        ),
        (
            r#"{"event":"initialize","isError":false,"user_id":"u"}"#,
            [Some("mcp_initialize"), Some("success"), None, None, None, None],
        ),
        (
            r#"{"request":{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"t",
                "arguments":{"status":"ok","method":"m"}}},"level":"info"}"#,
            [Some("call_mcp_tool"), None, Some("t"), None, Some(r#""x""#), None],
        ),
    ];
    for (raw, wanted) in table {
        assert_eq!(generic(raw), wanted.map(|it| it.map(str::to_owned)), "{raw}");
    }
}

#[test]
fn guesses_are_told_and_what_was_never_found_is_not_judged() {
    let generic = Profile::builtin("generic").expect("built in");
    let mut guess = Guess::default();
    assert!(guess.note(&generic).is_none(), "nothing is known yet");
    assert!(guess.informed(&generic).cannot.is_empty());
    let raw = r#"{"event":"tools/list","result":{"outcome":"ok"},"request_id":"k"}"#;
    let found = read(&generic, raw);
    guess.learn(&generic, &read(&generic, r#"{"error_code":5}"#), false);
    guess.learn(&generic, &found, true);
    let note = guess.note(&generic).expect("a note");
    assert!(note.starts_with("the profile generic guessed: call_type from the method, "), "{note}");
    assert!(note.contains("status from /result/outcome, "), "{note}");
    assert!(note.contains("method from /event, "), "{note}");
    assert!(note.contains("; no field for ") && note.contains("error_code"), "{note}");
    let informed = guess.informed(&generic);
    let reason = informed.cannot(Field::ErrorCode, &found).expect("not judged");
    assert!(reason.contains("error_code") && reason.contains("init"), "{reason}");
    assert_eq!(informed.cannot(Field::Status, &found), None);
    let reference = Profile::builtin("reference").expect("built in");
    assert!(guess.note(&reference).is_none() && guess.informed(&reference).cannot.is_empty());
}
