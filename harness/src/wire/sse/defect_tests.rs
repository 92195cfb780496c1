//! Tables for malformed framing: each defect, and what is read in spite of it.

use super::*;

/// An event with only these data lines.
fn data(lines: &[&str]) -> Event {
    Event { data: lines.join("\n"), data_lines: lines.len(), ..Event::default() }
}

fn defects(bytes: &[u8]) -> Vec<Defect> {
    Stream::decode(bytes).defects
}

fn unknown(name: &str) -> Defect {
    Defect::UnknownField { name: name.to_owned() }
}

#[test]
fn an_event_without_data_is_reported() {
    let stream = Stream::decode(b"event: message\nid: 1\n\ndata: a\n\n");
    assert_eq!(stream.events, [data(&["a"])]);
    assert_eq!(stream.defects, [Defect::NoData { name: "message".into() }]);
}

#[test]
fn a_byte_order_mark_is_skipped_and_reported_at_the_start_only() {
    let stream = Stream::decode(b"\xef\xbb\xbfdata: a\n\n");
    assert_eq!(stream.events, [data(&["a"])]);
    assert_eq!(stream.defects, [Defect::ByteOrderMark]);
    assert_eq!(defects(b"\xef\xbb\xbf"), [Defect::ByteOrderMark]);
    assert_eq!(defects(b"\xef\xbb\xbf\n"), [Defect::ByteOrderMark]);
    assert_eq!(defects(b"\n\xef\xbb\xbfdata: a\n\n"), [unknown("\u{feff}data")]);
    let doubled = [Defect::ByteOrderMark, unknown("\u{feff}data")];
    assert_eq!(defects(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n"), doubled);
}

#[test]
fn invalid_utf8_is_replaced_and_reported_with_its_offset() {
    let stream = Stream::decode(b"data: a\r\ndata: b\xffc\xfe\n\n");
    assert_eq!(stream.events, [data(&["a", "b\u{fffd}c\u{fffd}"])]);
    assert_eq!(stream.defects, [Defect::InvalidUtf8 { offset: 16 }]);
    let table: [(&[u8], usize); 5] = [
        (b"\xff\n", 0),
        (b"data: \xc3\n\n", 6),
        (b"data: \xed\xa0\x80\n\n", 6),
        (b": \xff\n\n", 2),
        (b"\r\r\n\n:\xff\r", 5),
    ];
    for (bytes, offset) in table {
        assert_eq!(defects(bytes).first(), Some(&Defect::InvalidUtf8 { offset }), "{bytes:?}");
    }
    let marked = [Defect::ByteOrderMark, Defect::InvalidUtf8 { offset: 9 }];
    assert_eq!(defects(b"\xef\xbb\xbfdata: \xff\n\n"), marked);
}

#[test]
fn unknown_fields_are_reported() {
    let table = [
        ("foo: bar", "foo"),
        ("Data: x", "Data"),
        (" data: x", " data"),
        ("data : x", "data "),
        ("{\"jsonrpc\":\"2.0\"}", "{\"jsonrpc\""),
        ("x", "x"),
    ];
    for (line, name) in table {
        let stream = Stream::decode(format!("{line}\n\n").as_bytes());
        assert_eq!(stream, Stream { defects: vec![unknown(name)], ..Stream::default() });
    }
    let long = format!("{}: x\n", "é".repeat(200));
    assert_eq!(defects(long.as_bytes()), [unknown(&"é".repeat(80))]);
}

#[test]
fn a_retry_is_digits_or_nothing() {
    let largest = Event { retry: Some(u64::MAX), ..data(&[""]) };
    let stream = Stream::decode(b"retry: 18446744073709551615\ndata\n\n");
    assert_eq!((stream.events, stream.defects), (vec![largest], vec![]));
    let bad = ["", "-1", "+1", "1.5", "1 ", " 1", "1s", "0x1", "١", "18446744073709551616"];
    for value in bad {
        let stream = Stream::decode(format!("retry: {value}\ndata\n\n").as_bytes());
        assert_eq!(stream.events, [data(&[""])]);
        assert_eq!(stream.defects, [Defect::BadRetry { value: value.to_owned() }]);
    }
}

#[test]
fn an_id_with_a_null_character_is_ignored() {
    let stream = Stream::decode(b"id: 1\nid: a\0b\ndata: x\n\n");
    assert_eq!(stream.events, [Event { id: Some("1".into()), ..data(&["x"]) }]);
    assert_eq!(stream.defects, [Defect::NulInId]);
}

#[test]
fn an_unterminated_event_is_lost_but_kept_apart() {
    for text in ["data: a", "data: a\n", "data: a\r\n", "data: a\r"] {
        let stream = Stream::decode(format!("data: x\n\n{text}").as_bytes());
        let expected = Stream {
            events: vec![data(&["x"])],
            defects: vec![Defect::UnterminatedEvent],
            unterminated: Some(data(&["a"])),
            ..Stream::default()
        };
        assert_eq!(stream, expected, "{text:?}");
    }
    let stream = Stream::decode(b"id: 7");
    assert_eq!(stream.unterminated, Some(Event { id: Some("7".into()), ..Event::default() }));
}

#[test]
fn an_end_inside_of_a_line_is_no_unknown_field() {
    assert_eq!(defects(b"dat"), [Defect::UnterminatedLine]);
    assert_eq!(defects(b": ping"), [Defect::UnterminatedLine]);
    assert_eq!(defects(b"event: x\ndata: y\n\nfoo"), [Defect::UnterminatedLine]);
    let both = [Defect::UnterminatedLine, Defect::UnterminatedEvent];
    assert_eq!(defects(b"data: a\nda"), both);
    assert_eq!(defects(b": ping\n"), []);
    for cut in [&b"\xe2\x82"[..], b"\xef\xbb", b"data: a\n\n\xc3"] {
        assert_eq!(defects(cut), [Defect::UnterminatedLine], "{cut:?}");
    }
    // A character cut in two by the end is not invalid; a bad byte before it is.
    let cut = Stream::decode(b"data: a\xe2\x82");
    assert_eq!(cut.defects, [Defect::UnterminatedEvent]);
    assert_eq!(cut.unterminated, Some(data(&["a"])));
    let bad = [Defect::InvalidUtf8 { offset: 6 }, Defect::UnterminatedEvent];
    assert_eq!(defects(b"data: \xffa\xe2\x82"), bad);
}

#[test]
fn defects_read_well() {
    let table = [
        (Defect::InvalidUtf8 { offset: 3 }, "invalid UTF-8 at byte 3 of the stream"),
        (Defect::UnterminatedEvent, "the last event is not terminated by a blank line"),
        (unknown("foo"), "unknown field `foo`"),
        (Defect::BadRetry { value: "x".into() }, "bad retry value `x`"),
    ];
    for (defect, text) in table {
        assert_eq!(defect.to_string(), text);
    }
}
