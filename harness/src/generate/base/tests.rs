//! Every base message, with and without what it is made of.

use super::{Call, Ingredients, message};
use crate::case::recipe::Base;

fn ingredients() -> Ingredients {
    let call = |name: &str| {
        Some(Call { name: name.to_owned(), arguments: r#"{"text":"{{key}}"}"#.to_owned() })
    };
    Ingredients {
        key: "K".to_owned(),
        id: "7".to_owned(),
        revision: "2025-11-25".to_owned(),
        tools: true,
        working: call("echo"),
        failing: call("fail"),
        dead: call("dead"),
        structured: call("structured"),
        progress: call("progress"),
        asking: call("ask"),
        mirroring: call("region"),
        mirrored: Vec::new(),
        slow: call("slow"),
        own: call("own"),
        second: None,
        session: "S".to_owned(),
        round: crate::generate::base::Round::default(),
        address: crate::generate::base::Address::default(),
    }
}

fn text(base: Base, with: &Ingredients) -> String {
    message(base, with).map_or_else(String::new, |node| node.text())
}

fn request(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#)
}

#[test]
fn every_base_is_the_message_that_it_names() {
    let called = |name: &str| {
        request("tools/call", &format!(r#"{{"name":"{name}","arguments":{{"text":"K"}}}}"#))
    };
    let version = env!("CARGO_PKG_VERSION");
    let client = format!(r#"{{"name":"mcp-gauntlet","version":"{version}"}}"#);
    let unknown = r#"{"name":"gauntlet_no_such_tool_K","arguments":{}}"#;
    let hello =
        format!(r#"{{"protocolVersion":"2025-11-25","capabilities":{{}},"clientInfo":{client}}}"#);
    let table = [
        (Base::Request, request("tools/list", "{}")),
        (Base::Ping, request("ping", "{}")),
        (Base::ToolsList, request("tools/list", "{}")),
        (Base::ToolsCall, called("echo")),
        (Base::FailingCall, called("fail")),
        (Base::DeadCall, called("dead")),
        (Base::UnknownCall, request("tools/call", unknown)),
        (Base::Initialize, request("initialize", &hello)),
        (Base::UnknownMethod, request("gauntlet/K", "{}")),
        (
            Base::Notification,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned(),
        ),
        (Base::Empty, String::new()),
    ];
    for (base, expected) in table {
        assert_eq!(text(base, &ingredients()), expected, "{base:?}");
    }
}

#[test]
fn a_target_without_tools_is_pinged() {
    let bare = Ingredients { tools: false, working: None, ..ingredients() };
    assert_eq!(text(Base::Request, &bare), request("ping", "{}"));
    assert!(text(Base::ToolsCall, &bare).contains("gauntlet_no_such_tool_K"));
}

#[test]
fn names_of_foreign_tools_are_escaped() {
    let call = Call { name: "a\"b\n{{key}}".to_owned(), arguments: "{}".to_owned() };
    let with = Ingredients { working: Some(call), ..ingredients() };
    assert!(text(Base::ToolsCall, &with).contains(r#""name":"a\"b\n{{key}}""#));
}

#[test]
fn arguments_that_are_no_object_stay_as_they_are() {
    let call = Call { name: "x".to_owned(), arguments: "[1, \"{{key}}\"]".to_owned() };
    let with = Ingredients { working: Some(call), ..ingredients() };
    assert!(text(Base::ToolsCall, &with).contains(r#""arguments":[1, "K"]"#));
}
