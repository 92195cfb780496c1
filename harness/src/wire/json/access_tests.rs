//! Tables for the accessors of a value.

use super::*;

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_last_of_duplicates_is_got_and_all_are_kept() {
    let value = json(r#"{"id":1,"x":null,"\u0069d":2,"ID":3}"#);
    assert_eq!(value.get("id"), Json::number("2").as_ref());
    let all: Vec<String> = value.all("id").map(Json::to_text).collect();
    assert_eq!(all, ["1", "2"]);
    assert_eq!(value.get("y"), None);
    assert_eq!(value.all("y").count(), 0);
    assert_eq!(value.as_object().map(<[_]>::len), Some(4));
    for other in ["null", "1", "\"id\"", "[{\"id\":1}]"] {
        assert_eq!(json(other).get("id"), None);
        assert_eq!(json(other).all("id").count(), 0);
    }
}

#[test]
fn duplicates_are_found_by_value() {
    let table = [
        (r#"{"a":1,"b":1}"#, false),
        (r#"{"a":1,"a":1}"#, true),
        (r#"{"id":1,"\u0069d":2}"#, true),
        (r#"{"\ud800":1,"\uD800":2}"#, true),
        (r#"{"\ud800":1,"\ud801":2}"#, false),
        (r#"{"\ud800":1,"\ufffd":2}"#, false),
        (r#"{"a":{"b":1,"b":2}}"#, false),
        (r#"[{"a":1,"a":1}]"#, false),
        ("{}", false),
        ("1", false),
    ];
    for (text, duplicates) in table {
        assert_eq!(json(text).has_duplicates(), duplicates, "{text}");
    }
}

#[test]
fn each_kind_answers_for_itself_only() {
    let table = [
        ("null", "null"),
        ("true", "boolean"),
        ("1", "number"),
        ("\"a\"", "string"),
        ("[1]", "array"),
        ("{\"a\":1}", "object"),
    ];
    for (text, kind) in table {
        let value = json(text);
        assert_eq!(value.kind(), kind);
        assert_eq!(value.is_null(), kind == "null");
        assert_eq!(value.as_bool().is_some(), kind == "boolean");
        assert_eq!(value.as_number().is_some(), kind == "number");
        assert_eq!(value.as_str().is_some(), kind == "string");
        assert_eq!(value.as_array().is_some(), kind == "array");
        assert_eq!(value.as_object().is_some(), kind == "object");
    }
    assert_eq!(json("false").as_bool(), Some(false));
    assert_eq!(json("\"a\\nb\"").as_str(), Some("a\nb"));
    assert_eq!(json(r#""\ud800""#).as_str(), None);
}

#[test]
fn constructors_check_and_escape() {
    assert_eq!(Json::string("a\"\n").to_text(), r#""a\"\n""#);
    assert_eq!(Json::string("é"), json(r#""\u00e9""#));
    assert_eq!(Json::number("1E0").map(|value| value.to_text()), Some("1E0".to_owned()));
    for text in ["", "01", " 1", "1 ", "NaN", "\"1\"", "1,2"] {
        assert_eq!(Json::number(text), None, "{text}");
    }
}

#[test]
fn equality_keeps_notation_and_order() {
    assert_ne!(json("1"), json("1.0"));
    assert_ne!(json(r#"{"a":1,"b":2}"#), json(r#"{"b":2,"a":1}"#));
    assert_ne!(json(r#"{"a":1}"#), json(r#"{"a":1,"a":1}"#));
    assert_eq!(json(r#"{"a" : [ "b" ]}"#), json(r#"{"\u0061":["\u0062"]}"#));
}

#[test]
fn pointers_follow_rfc_6901() {
    let value = json(
        r#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,
            "~1":9,"d":{"x":1,"x":{"":[[10]]}},"é":11,"00":12}"#,
    );
    let table = [
        ("/foo/0", "\"bar\""),
        ("/foo/1", "\"baz\""),
        ("/", "0"),
        ("/a~1b", "1"),
        ("/c%d", "2"),
        ("/e^f", "3"),
        ("/g|h", "4"),
        ("/i\\j", "5"),
        ("/k\"l", "6"),
        ("/ ", "7"),
        ("/m~0n", "8"),
        ("/~01", "9"),
        ("/d/x//0/0", "10"),
        ("/é", "11"),
        ("/00", "12"),
    ];
    for (pointer, text) in table {
        let found = value.pointer(pointer).map(Json::to_text);
        assert_eq!(found.as_deref(), Some(text), "{pointer}");
    }
    assert_eq!(value.pointer(""), Some(&value));
    let nothing = [
        "foo",
        "/x",
        "/foo/2",
        "/foo/-",
        "/foo/00",
        "/foo/01",
        "/foo/+1",
        "/foo/-1",
        "/foo/ 1",
        "/foo/",
        "/foo/1e0",
        "/foo/99999999999999999999999",
        "/foo/0/0",
        "/m~n",
        "/m~2n",
        "/m~",
        "/~",
        "//",
        "/d/x/y",
    ];
    for pointer in nothing {
        assert_eq!(value.pointer(pointer), None, "{pointer}");
    }
}

#[test]
fn text_is_found_in_strings_and_names_at_any_depth() {
    let value =
        json(r#"{"a\u0062c":[[1234,{"x":"say \u0022hi\u0022"}],null,true],"\ud800z":"q\ud800"}"#);
    for needle in ["abc", "bc", "say \"hi\"", "x", "z", "q", "\u{fffd}z"] {
        assert!(value.contains_text(needle), "{needle}");
    }
    for needle in ["abcd", "1234", "null", "true", "u0062", "ax"] {
        assert!(!value.contains_text(needle), "{needle}");
    }
}
