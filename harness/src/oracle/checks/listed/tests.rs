//! Schemas and names of a list.

use super::*;
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::oracle::testing::{LIST, Scene, json, value};
use Outcome::{Fail, Pass, Warn};

fn listing(tools: &str, allowed: &Allowed) -> Option<Outcome> {
    let reply = format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"tools":{tools}}}}}"#);
    let scene = Scene::of(Class::Request, LIST, json(200, reply));
    scene.permit(ReplyKind::Result, allowed.clone()).asked(CheckId::Result)
}

#[test]
fn every_listed_schema_must_be_one() {
    let places = vec!["/tools/*/inputSchema".to_owned()];
    let allowed = Allowed { json_schemas: places, ..Allowed::default() };
    let table = [
        ("{\"type\":\"object\"}", Pass),
        ("{\"type\":\"objekt\"}", Fail),
        ("{\"type\":\"object\",\"required\":\"a\"}", Fail),
        ("null", Fail),
        ("[]", Fail),
        ("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"items\":[{}]}", Pass),
        ("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"items\":[{}]}", Fail),
        ("{\"$schema\":\"urn:of-ours\",\"type\":5}", Pass),
    ];
    for (schema, outcome) in table {
        let good = r#"{"name":"a","inputSchema":{"type":"object"}}"#;
        let tools = format!(r#"[{good},{{"name":"b","inputSchema":{schema}}}]"#);
        assert_eq!(listing(&tools, &allowed), Some(outcome), "{schema}");
    }
    assert_eq!(listing("[]", &allowed), Some(Pass));
}

#[test]
fn a_name_of_another_form_warns() {
    let forms = [("/tools/*/name".to_owned(), "^[A-Za-z0-9_.-]{1,128}$".to_owned())].into();
    let allowed = Allowed { texts_warn: forms, ..Allowed::default() };
    let named =
        |name: &str| listing(&format!(r#"[{{"name":"ok"}},{{"name":"{name}"}}]"#), &allowed);
    assert_eq!(named("a-b_c.D9"), Some(Pass));
    assert_eq!(named("a b"), Some(Warn));
    assert_eq!(named(""), Some(Warn));
}

#[test]
fn a_star_stands_for_every_element() {
    let root = value(r#"{"a":[{"b":1},{"c":2},{"b":3}],"d":{"b":4}}"#);
    let at = |place| expand(&root, place).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
    assert_eq!(at("/a/*/b"), ["/a/0/b", "/a/2/b"]);
    assert_eq!(at("/d/b"), ["/d/b"]);
    assert_eq!(at("/d/*"), Vec::<String>::new());
}
