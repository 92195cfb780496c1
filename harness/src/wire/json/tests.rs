//! Tables for the reader: what it takes, what it refuses where, and that depth costs no stack.

use super::JsonErrorKind::{
    ByteOrderMark, ControlCharacter, Empty, InvalidUtf8, Syntax, TooDeep, Trailing, Truncated,
};
use super::*;

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The bytes are refused with this kind at this offset.
fn refused(bytes: &[u8], offset: usize, kind: JsonErrorKind) {
    let shown = String::from_utf8_lossy(bytes.get(..bytes.len().min(40)).unwrap()).into_owned();
    assert_eq!(parse(bytes), Err(JsonError { offset, kind }), "{shown:?}");
}

#[test]
fn reads_and_prints_without_loss() {
    let table = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1.50E+3",
        "1e400",
        "18446744073709551617",
        r#""""#,
        r#""\u0069\/d""#,
        r#""\ud800""#,
        "\"é😀\u{7f}\u{2028}\"",
        "[]",
        "{}",
        "[[],{},[[]]]",
        r#"{"id":1,"id":1.0,"\u0069d":2}"#,
        r#"{"":{"a":[1,"x",true,null]},"b":-1}"#,
    ];
    for text in table {
        assert_eq!(json(text).to_text(), text);
        assert_eq!(json(&format!(" \t\r\n{text}\n\r\t ")).to_text(), text);
    }
    assert_eq!(json(" { \"a\" : [ 1 , 2 ] , \"b\" : { } } ").to_text(), r#"{"a":[1,2],"b":{}}"#);
}

#[test]
fn nothing_is_empty() {
    refused(b"", 0, Empty);
    refused(b" \t\r\n", 4, Empty);
}

#[test]
fn a_byte_order_mark_is_its_own_error() {
    refused(b"\xef\xbb\xbf{}", 0, ByteOrderMark);
    refused(b"\xef\xbb\xbf", 0, ByteOrderMark);
    refused(b"\xef\xbb\xbf\xff", 0, ByteOrderMark);
    refused(b" \xef\xbb\xbf{}", 1, Syntax("a value"));
    refused(b"\xff\xfe{\0}\0", 0, InvalidUtf8);
    assert!(parse(b"\"\xef\xbb\xbf\"").is_ok());
}

#[test]
fn invalid_utf8_is_told_wherever_it_stands() {
    refused(b"\"ab\xff\"", 3, InvalidUtf8);
    refused(b"\"\xc3\"", 1, InvalidUtf8);
    refused(b"\"\xe2\x82", 1, InvalidUtf8);
    refused(b"\"\xed\xa0\x80\"", 1, InvalidUtf8);
    refused(b"\"\xc0\xaf\"", 1, InvalidUtf8);
    refused(b"\"\xf4\x90\x80\x80\"", 1, InvalidUtf8);
    refused(b"{]\xff", 2, InvalidUtf8);
    refused(b"{}\xff", 2, InvalidUtf8);
}

#[test]
fn an_early_end_is_truncated() {
    let table: [&[u8]; 33] = [
        b"{",
        b"[",
        b"[1",
        b"[1,",
        b"[1, ",
        b"{ ",
        b"{\"",
        b"{\"a",
        b"{\"a\"",
        b"{\"a\":",
        b"{\"a\": ",
        b"{\"a\":1",
        b"{\"a\":1,",
        b"{\"a\":{}",
        b"\"",
        b"\"abc",
        b"\"\\",
        b"\"\\u",
        b"\"\\u12",
        b"\"\\u123",
        b"\"\\ud800\\",
        b"t",
        b"tru",
        b"fals",
        b"nul",
        b"-",
        b"1.",
        b"1e",
        b"1E+",
        b"[[[[",
        b"[{\"a\":[",
        b"  [",
        "\"é".as_bytes(),
    ];
    for bytes in table {
        refused(bytes, bytes.len(), Truncated);
    }
}

#[test]
fn text_after_the_value_is_trailing() {
    let table: [(&[u8], usize); 9] = [
        (b"{}{}", 2),
        (b"{} x", 3),
        (b"1 2", 2),
        (b"[1]]", 3),
        (b"null,", 4),
        (b"\"a\"\"b\"", 3),
        (b"{}\0", 2),
        (b"truex", 4),
        (b"1.5.5", 3),
    ];
    for (bytes, offset) in table {
        refused(bytes, offset, Trailing);
    }
}

#[test]
fn the_grammar_is_strict() {
    let table: [(&[u8], usize, &'static str); 36] = [
        (b"]", 0, "a value"),
        (b"}", 0, "a value"),
        (b",", 0, "a value"),
        (b":", 0, "a value"),
        (b"'a'", 0, "a value"),
        (b"NaN", 0, "a value"),
        (b"Infinity", 0, "a value"),
        (b"-Infinity", 1, "a digit"),
        (b"+1", 0, "a value"),
        (b".5", 0, "a value"),
        (b"// x\n1", 0, "a value"),
        (b"/**/1", 0, "a value"),
        (b"\x0b1", 0, "a value"),
        (b"\xc2\xa01", 0, "a value"),
        (b"\0", 0, "a value"),
        (b"[1,]", 3, "a value"),
        (b"[,1]", 1, "a value"),
        (b"[1,,2]", 3, "a value"),
        (b"{\"a\":}", 5, "a value"),
        (b"{\"a\":,", 5, "a value"),
        (b"[1 2]", 3, "`,` or `]`"),
        (b"[1}", 2, "`,` or `]`"),
        (b"[1:", 2, "`,` or `]`"),
        (b"{\"a\":1]", 6, "`,` or `}`"),
        (b"{\"a\":1 \"b\":2}", 7, "`,` or `}`"),
        (b"{a:1}", 1, "a member name or `}`"),
        (b"{1:1}", 1, "a member name or `}`"),
        (b"{,}", 1, "a member name or `}`"),
        (b"{\"a\":1,}", 7, "a member name"),
        (b"{\"a\" 1}", 5, "`:`"),
        (b"trUe", 2, "true"),
        (b"nil", 1, "null"),
        (b"01", 1, "no digit after a leading zero"),
        (b"-01", 2, "no digit after a leading zero"),
        (b"1.x", 2, "a digit"),
        (b"1e+-1", 3, "a digit"),
    ];
    for (bytes, offset, expected) in table {
        refused(bytes, offset, Syntax(expected));
    }
}

#[test]
fn strings_are_strict() {
    for control in 0..0x20_u8 {
        refused(&[b'"', b'a', control, b'"'], 2, ControlCharacter);
    }
    refused(b"\"abc\n", 4, ControlCharacter);
    for escape in ["\\x41", "\\'", "\\a", "\\0", "\\U0041", "\\\n", "\\é"] {
        refused(format!("\"{escape}\"").as_bytes(), 2, Syntax("an escape of RFC 8259"));
    }
    refused(br#""\u00g0""#, 5, Syntax("four hexadecimal digits"));
    refused(br#""\u""#, 3, Syntax("four hexadecimal digits"));
    refused(br#""\u{41}""#, 3, Syntax("four hexadecimal digits"));
}

#[test]
fn depth_is_capped_and_told_apart() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    refused(nested(MAX_DEPTH + 1).as_bytes(), MAX_DEPTH, TooDeep);
    refused(nested(1_000_000).as_bytes(), MAX_DEPTH, TooDeep);
    refused("[".repeat(1_000_000).as_bytes(), MAX_DEPTH, TooDeep);
    refused("{\"a\":".repeat(1_000_000).as_bytes(), MAX_DEPTH * 5, TooDeep);
    refused("[".repeat(MAX_DEPTH).as_bytes(), MAX_DEPTH, Truncated);
    let wide = format!("[{}1]", "[[]],".repeat(100_000));
    assert!(parse(wide.as_bytes()).is_ok());
}

#[test]
fn the_deepest_value_is_safe_on_a_small_stack() {
    let depth = MAX_DEPTH / 2;
    let text = format!("{}1{}", "{\"a\":[".repeat(depth), "]}".repeat(depth));
    let work = move || {
        let value = parse(text.as_bytes()).unwrap();
        let copy = value.clone();
        assert_eq!(copy, value);
        assert_eq!(value.to_text(), text);
        assert!(value.contains_text("a") && !format!("{value:?}").is_empty());
        drop(copy);
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn errors_read_well() {
    let shown = |bytes: &[u8]| parse(bytes).unwrap_err().to_string();
    assert_eq!(shown(b"[1 2]"), "syntax error: expected `,` or `]` at byte 3");
    assert_eq!(shown(b"{"), "unexpected end of the text at byte 1");
    assert_eq!(shown(b"\"\xff"), "invalid UTF-8 at byte 1");
    assert_eq!(shown(b""), "no JSON value: the text is empty at byte 0");
}

#[test]
fn depth_is_scanned_in_any_bytes() {
    let table: [(&[u8], usize); 14] = [
        (b"", 0),
        (b"1", 0),
        (b"[]", 1),
        (b"[[],[[]]]", 3),
        (b"{\"a\":[{}]}", 3),
        (b"\"[[[\"", 0),
        (b"[\"\\\"[[\"]", 1),
        (b"[\"\\\\\",[]]", 2),
        (b"]]]][", 1),
        (b"[[}}[", 2),
        (b"[\"[[[", 1),
        (b"\xff[\xff{", 2),
        (b"\\[", 1),
        (b"[\"\\", 1),
    ];
    for (bytes, depth) in table {
        assert_eq!(scan_depth(bytes), depth, "{:?}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(scan_depth("[".repeat(1_000_000).as_bytes()), 1_000_000);
    assert_eq!(scan_depth("{\"a\":".repeat(1_000_000).as_bytes()), 1_000_000);
}
