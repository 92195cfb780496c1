//! Tables for the relation of ids, their validity and their short form.

use super::{Id, IdRelation};
use crate::wire::json::{Json, parse};
use IdRelation::{Different, Identical, Rounded, SameValue, TypeChanged};

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn tells_what_became_of_an_id() {
    let table = [
        ("1", "1", Identical),
        ("null", "null", Identical),
        (r#""a/b""#, r#""a\/\u0062""#, Identical),
        (r#""\ud800""#, r#""\uD800""#, Identical),
        ("1e400", "1e400", Identical),
        ("[1, 2]", "[1,2]", Identical),
        ("1", "1.0", SameValue),
        ("1e0", "1", SameValue),
        ("-0", "0", SameValue),
        ("[1,{\"a\":2}]", "[1.0,{\"a\":2e0}]", SameValue),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, SameValue),
        ("1", r#""1""#, TypeChanged),
        (r#""1""#, "1", TypeChanged),
        ("1", r#""1.0""#, TypeChanged),
        ("1.50", r#""1.5""#, TypeChanged),
        ("true", r#""true""#, TypeChanged),
        ("true", r#""True""#, TypeChanged),
        ("true", "1", TypeChanged),
        ("false", "0", TypeChanged),
        ("1", "true", TypeChanged),
        ("null", r#""null""#, TypeChanged),
        ("null", r#""None""#, TypeChanged),
        ("[1]", r#""[1]""#, TypeChanged),
        ("9007199254740993", "9007199254740992", Rounded),
        ("18446744073709551616", "1.8446744073709552e19", Rounded),
        ("9007199254740992", "9007199254740993", Different),
        ("1", "2", Different),
        ("1", "null", Different),
        ("true", "false", Different),
        ("true", "0", Different),
        (r#""a""#, r#""A""#, Different),
        (r#""1""#, r#""1.0""#, Different),
        (r#""1""#, r#"" 1""#, Different),
        ("1", r#""01""#, Different),
        ("1", r#"" 1""#, Different),
        ("null", r#""""#, Different),
        ("null", "0", Different),
        ("1", "[1]", Different),
        ("[1]", "[1,1]", Different),
        ("[1]", "[2.0]", Different),
        ("{}", "[]", Different),
        (r#"{"a":1}"#, r#"{"a":1,"a":1}"#, Different),
        (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#, Different),
        (r#"{"a":1}"#, r#"{"b":1}"#, Different),
        (r#""\ud800""#, r#""\ud801""#, Different),
        (r#""\ud800""#, "1", Different),
        ("1e400", "1e401", Different),
    ];
    for (sent, received, relation) in table {
        assert_eq!(Id::relation(&json(sent), &json(received)), relation, "{sent} -> {received}");
    }
}

#[test]
fn mcp_allows_strings_and_integers() {
    for text in ["1", "-1", "0", "1.0", "1e2", "1e400", "9007199254740993", r#""""#, r#""\ud800""#]
    {
        assert!(Id::is_valid(&json(text)), "{text}");
    }
    for text in ["null", "true", "false", "1.5", "1e-1", "[]", "[1]", "{}"] {
        assert!(!Id::is_valid(&json(text)), "{text}");
    }
}

#[test]
fn a_short_id_is_shown_whole() {
    for text in ["null", "1.00", r#""\u0069d""#, r#"{"a":[1,"é"]}"#] {
        assert_eq!(Id(json(text)).to_string(), text);
    }
    let longest = format!("\"{}\"", "é".repeat(78));
    assert_eq!(Id(json(&longest)).to_string(), longest);
}

#[test]
fn a_long_id_is_cut_to_80_characters() {
    let shown = Id(json(&format!("\"{}\"", "é".repeat(79)))).to_string();
    assert_eq!(shown, format!("\"{}…", "é".repeat(78)));
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    assert_eq!(Id(json(&deep)).to_string(), format!("{}…", "[".repeat(79)));
    let digits = Id(json(&"9".repeat(1_000_000))).to_string();
    assert_eq!(digits.chars().count(), 80);
}
