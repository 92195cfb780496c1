//! Every edit, as the case format documents it.

use super::render;
use crate::case::recipe::{Base, Edit, Encoding, Recipe};
use crate::generate::base::Ingredients;
use crate::wire::envelope::{Envelope, Header};

const PING: &str = r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{}}"#;

fn ingredients() -> Ingredients {
    Ingredients {
        key: "K".to_owned(),
        id: "7".to_owned(),
        revision: "2025-11-25".to_owned(),
        tools: true,
        working: None,
        failing: None,
        dead: None,
        structured: None,
        progress: None,
        asking: None,
        mirroring: None,
        mirrored: Vec::new(),
        slow: None,
        own: None,
        second: None,
        session: "S".to_owned(),
        round: crate::generate::base::Round::default(),
        address: crate::generate::base::Address::default(),
    }
}

fn rendered(base: Base, edits: Vec<Edit>) -> Envelope {
    let headers = vec![Header::new("Accept", "a"), Header::new("accept", "b")];
    render(&Recipe { base, edits }, &ingredients(), headers)
}

fn body(edits: Vec<Edit>) -> String {
    String::from_utf8(rendered(Base::Ping, edits).body).unwrap()
}

/// One edit as it stands in a case file.
fn edit(toml: &str) -> Edit {
    let recipe: Recipe = toml::from_str(&format!("edits = [{toml}]"))
        .unwrap_or_else(|error| panic!("{toml}: {error}"));
    recipe.edits[0].clone()
}

#[test]
fn every_edit_of_the_body_does_what_it_says() {
    let table = [
        (
            r#"{ set = { at = "id", to = '"{{key}}"' } }"#,
            r#"{"jsonrpc":"2.0","id":"K","method":"ping","params":{}}"#,
        ),
        (
            r#"{ set = { at = "params.a.b", to = "{{id}}" } }"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":{"b":7}}}"#,
        ),
        (
            r#"{ set = { at = "method.x", to = "1" } }"#,
            r#"{"jsonrpc":"2.0","id":7,"method":{"x":1},"params":{}}"#,
        ),
        (r#"{ drop = { at = "id" } }"#, r#"{"jsonrpc":"2.0","method":"ping","params":{}}"#),
        (r#"{ drop = { at = "nothing" } }"#, PING),
        (
            r#"{ add = { at = "id", to = "{{session}}" } }"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{},"id":S}"#,
        ),
        (
            r#"{ add-first = { at = "id", to = "8" } }"#,
            r#"{"id":8,"jsonrpc":"2.0","id":7,"method":"ping","params":{}}"#,
        ),
        (
            r#"{ rename = { at = "method", to = "Method" } }"#,
            r#"{"jsonrpc":"2.0","id":7,"Method":"ping","params":{}}"#,
        ),
        (r#"{ rename = { at = "nothing", to = "x" } }"#, PING),
        (
            r#"{ nest = { at = "params", depth = 2 } }"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":[[]]}"#,
        ),
        (
            r#"{ nest = { at = "params", depth = 2, objects = true } }"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":{}}}"#,
        ),
        (
            r#"{ fill = { at = "id", bytes = 3 } }"#,
            r#"{"jsonrpc":"2.0","id":"xxx","method":"ping","params":{}}"#,
        ),
        (r#"{ body = "{{key}} {{id}} {{session}}" }"#, "K 7 S"),
        (r#"{ body-hex = "68 69" }"#, "hi"),
        (r#"{ prefix = "{{key}} " }"#, &format!("K {PING}")),
        (r#"{ suffix = " {{key}}" }"#, &format!("{PING} K")),
        (r#"{ prefix-hex = "EFBBBF" }"#, &format!("\u{feff}{PING}")),
        (r#"{ replace-hex = { from = "ping", to = "C3 A4" } }"#, &PING.replace("ping", "ä")),
        (r#"{ replace-hex = { from = "absent", to = "00" } }"#, PING),
        (r#"{ cut = 1 }"#, &PING[..PING.len() - 1]),
        (r#"{ cut = 1000 }"#, ""),
    ];
    for (toml, expected) in table {
        assert_eq!(body(vec![edit(toml)]), expected, "{toml}");
    }
}

#[test]
fn an_encoded_body_is_the_same_text() {
    let units = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    };
    let little = rendered(Base::Ping, vec![edit(r#"{ encode = "utf16le" }"#)]).body;
    assert_eq!(units(&little, u16::from_le_bytes), format!("\u{feff}{PING}"));
    let big = rendered(Base::Ping, vec![Edit::Encode(Encoding::Utf16be)]).body;
    assert_eq!(units(&big, u16::from_be_bytes), format!("\u{feff}{PING}"));
}

#[test]
fn every_edit_of_http_leaves_the_body_alone() {
    let shown = |toml: &str| {
        let envelope = rendered(Base::Ping, vec![edit(toml)]);
        assert_eq!(envelope.body, PING.as_bytes(), "{toml}");
        let header =
            |header: &Header| format!("{}={}", header.name, String::from_utf8_lossy(&header.value));
        let headers: Vec<String> = envelope.headers.iter().map(header).collect();
        (envelope.method, envelope.path, headers.join(" "))
    };
    let table = [
        (r#"{ method = "PUT" }"#, "PUT", None, "Accept=a accept=b"),
        (r#"{ path = "/x?y" }"#, "POST", Some("/x?y"), "Accept=a accept=b"),
        (r#"{ header = { name = "ACCEPT", value = "{{key}}" } }"#, "POST", None, "ACCEPT=K"),
        (
            r#"{ header = { name = "Other", value = "{{session}}" } }"#,
            "POST",
            None,
            "Accept=a accept=b Other=S",
        ),
        (
            r#"{ add-header = { name = "Accept", value = "{{id}}" } }"#,
            "POST",
            None,
            "Accept=a accept=b Accept=7",
        ),
        (r#"{ drop-header = "ACCEPT" }"#, "POST", None, ""),
        (r#"{ drop-header = "Other" }"#, "POST", None, "Accept=a accept=b"),
    ];
    for (toml, method, path, headers) in table {
        let expected = (method.to_owned(), path.map(str::to_owned), headers.to_owned());
        assert_eq!(shown(toml), expected, "{toml}");
    }
}

#[test]
fn edits_apply_in_order() {
    let edits = [
        r#"{ drop = { at = "params" } }"#,
        r#"{ set = { at = "id", to = "@@" } }"#,
        r#"{ method = "PUT" }"#,
        r#"{ replace-hex = { from = "@@", to = "38" } }"#,
        r#"{ suffix = "!" }"#,
        r#"{ cut = 1 }"#,
    ];
    let envelope = rendered(Base::Ping, edits.map(edit).to_vec());
    assert_eq!(envelope.method, "PUT");
    assert_eq!(envelope.body, br#"{"jsonrpc":"2.0","id":8,"method":"ping"}"#);
}

#[test]
fn a_member_set_after_bytes_begins_anew() {
    let edits = vec![edit(r#"{ body = "x" }"#), edit(r#"{ set = { at = "a", to = "1" } }"#)];
    assert_eq!(body(edits), r#"{"a":1}"#);
}

#[test]
fn an_empty_base_has_an_empty_body() {
    assert_eq!(rendered(Base::Empty, Vec::new()).body, b"");
    assert_eq!(rendered(Base::Empty, vec![Edit::Cut(5)]).body, b"");
}
