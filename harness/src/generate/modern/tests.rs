//! What edits leave of `_meta` and of the mirroring headers.

use crate::case::recipe::{Base, Recipe};
use crate::generate::base::{Call, Ingredients};
use crate::generate::render::render;
use crate::wire::envelope::{Envelope, Header};
use crate::wire::mirror::{self, Mirrored};

fn ingredients() -> Ingredients {
    let call = |name: &str, arguments: &str| {
        Some(Call { name: name.to_owned(), arguments: arguments.to_owned() })
    };
    let mirrored = Mirrored { path: vec!["n".to_owned()], header: "Mcp-Param-N".to_owned() };
    Ingredients {
        key: "K".to_owned(),
        id: "7".to_owned(),
        revision: "2026-07-28".to_owned(),
        tools: true,
        working: call("größe", "{}"),
        failing: None,
        dead: None,
        structured: None,
        progress: None,
        slow: None,
        own: None,
        second: None,
        asking: None,
        mirroring: call("region", r#"{"n":42}"#),
        mirrored: vec![("region".to_owned(), mirrored)],
        session: String::new(),
        round: crate::generate::base::Round::default(),
        address: crate::generate::base::Address::default(),
    }
}

fn made(base: Base, edits: &str) -> Envelope {
    let recipe: Recipe = toml::from_str(&format!("edits = [{edits}]")).unwrap();
    let headers = vec![Header::new(mirror::VERSION, "2026-07-28")];
    render(&Recipe { base, ..recipe }, &ingredients(), headers)
}

fn value(envelope: &Envelope, name: &str) -> Option<String> {
    let named = envelope.headers.iter().filter(|header| header.is(name));
    let values: Vec<_> = named.map(|header| String::from_utf8_lossy(&header.value)).collect();
    (!values.is_empty()).then(|| values.join("|"))
}

fn carries_meta(envelope: &Envelope) -> bool {
    let message = crate::wire::json::parse(&envelope.body).unwrap();
    let meta = message.pointer("/params/_meta");
    meta.is_some_and(|meta| meta.get(mirror::META_VERSION).is_some())
}

#[test]
fn meta_stays_unless_an_edit_is_about_it() {
    for (edits, stays) in [
        ("", true),
        (r#"{ set = { at = "params", to = "{}" } }"#, true),
        (r#"{ set = { at = "params", to = '{"cursor":5}' } }"#, true),
        (r#"{ drop = { at = "params" } }"#, true),
        (r#"{ set = { at = "method", to = '"x"' } }, { suffix = " " }"#, true),
        (r#"{ set = { at = "params", to = "[]" } }"#, false),
        (r#"{ set = { at = "params", to = "null" } }"#, false),
        (r#"{ set = { at = "params._meta", to = "{}" } }"#, false),
        (r#"{ drop = { at = "params._meta" } }"#, false),
        (r#"{ body = '{"params":{"_meta":{{meta}}}}' }"#, true),
    ] {
        assert_eq!(carries_meta(&made(Base::ToolsList, edits)), stays, "{edits}");
    }
}

#[test]
fn headers_follow_the_final_message() {
    let table = [
        ("", "tools/list", None),
        (r#"{ set = { at = "method", to = '"x"' } }"#, "x", None),
        (r#"{ set = { at = "method", to = "5" } }"#, "tools/list", None),
        (r#"{ cut = 3 }"#, "tools/list", None),
        (r#"{ body = '{"method":"tools/call","params":{"name":"a"}}' }"#, "tools/call", Some("a")),
    ];
    for (edits, method, name) in table {
        let envelope = made(Base::ToolsList, edits);
        assert_eq!(value(&envelope, mirror::METHOD).as_deref(), Some(method), "{edits}");
        assert_eq!(value(&envelope, mirror::NAME).as_deref(), name, "{edits}");
        assert_eq!(value(&envelope, mirror::VERSION).as_deref(), Some("2026-07-28"));
    }
    let named = |edits| value(&made(Base::ToolsCall, edits), mirror::NAME);
    assert_eq!(named("").as_deref(), Some("=?base64?Z3LDtsOfZQ==?="));
    assert_eq!(named(r#"{ set = { at = "params.name", to = '"b"' } }"#).as_deref(), Some("b"));
    assert_eq!(named(r#"{ set = { at = "params.name", to = "5" } }"#), None);
}

#[test]
fn the_revision_header_follows_meta() {
    let path = r#"params._meta."io.modelcontextprotocol/protocolVersion""#;
    let envelope = made(Base::Ping, &format!(r#"{{ set = {{ at = '{path}', to = '"1900"' }} }}"#));
    assert_eq!(value(&envelope, mirror::VERSION).as_deref(), Some("1900"));
    assert_eq!(value(&envelope, mirror::METHOD).as_deref(), Some("server/discover"));
}

#[test]
fn a_header_that_the_case_edits_is_the_cases_own() {
    let table = [
        (r#"{ drop-header = "mcp-method" }"#, None),
        (r#"{ header = { name = "mcp-METHOD", value = "y" } }"#, Some("y")),
        (r#"{ add-header = { name = "Mcp-Method", value = "y" } }"#, Some("tools/list|y")),
    ];
    for (edits, expected) in table {
        let envelope = made(Base::ToolsList, edits);
        assert_eq!(value(&envelope, mirror::METHOD).as_deref(), expected, "{edits}");
    }
}

#[test]
fn marked_arguments_travel_in_headers() {
    let carried = |edits| value(&made(Base::MirroringCall, edits), "Mcp-Param-N");
    assert_eq!(carried("").as_deref(), Some("42"));
    assert_eq!(carried(r#"{ set = { at = "params.arguments.n", to = "null" } }"#), None);
    assert_eq!(carried(r#"{ drop = { at = "params.arguments" } }"#), None);
}

#[test]
fn a_message_of_another_era_carries_neither() {
    let envelope = made(Base::Initialize, "");
    assert_eq!(value(&envelope, mirror::METHOD), None);
    assert!(!String::from_utf8_lossy(&envelope.body).contains("_meta"));
    let bare = made(Base::Empty, r#"{ method = "GET" }"#);
    assert_eq!(value(&bare, mirror::METHOD), None);
}
