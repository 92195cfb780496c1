//! Tables for the reader and the accessors.

use super::*;

#[test]
fn reads_every_kind() {
    let json = parse(br#" {"a":[1,"x",true,null,{}],"b":-1.50E+3} "#).unwrap();
    assert_eq!(json.pointer("/a/1").and_then(Json::as_str), Some("x"));
    assert_eq!(json.to_text(), r#"{"a":[1,"x",true,null,{}],"b":-1.50E+3}"#);
}
