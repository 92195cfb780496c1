//! Tables for well-formed streams: fields, line ends and what is dispatched when.

use super::*;

/// An event with only these data lines.
fn data(lines: &[&str]) -> Event {
    Event { data: lines.join("\n"), data_lines: lines.len(), ..Event::default() }
}

/// Decodes a stream that has nothing but events.
fn events(text: &str) -> Vec<Event> {
    let Stream { events, defects, unterminated, .. } = Stream::decode(text.as_bytes());
    assert_eq!((defects, unterminated), (vec![], None), "{text:?}");
    events
}

#[test]
fn decodes_every_field() {
    let text = ": hi\nevent: message\nid: 1\nretry: 3000\ndata: a\ndata: b\n\n";
    let event = Event {
        event: Some("message".into()),
        id: Some("1".into()),
        retry: Some(3000),
        ..data(&["a", "b"])
    };
    let expected = Stream { events: vec![event], comments: 1, ..Stream::default() };
    assert_eq!(Stream::decode(text.as_bytes()), expected);
}

#[test]
fn values_lose_one_space_and_no_more() {
    let table = [
        ("data:a", "a"),
        ("data: a", "a"),
        ("data:  a ", " a "),
        ("data:\ta", "\ta"),
        ("data:", ""),
        ("data: ", ""),
        ("data", ""),
        ("data::a", ":a"),
        ("data: a: b", "a: b"),
        ("data: \u{feff}é😀\0", "\u{feff}é😀\0"),
    ];
    for (line, value) in table {
        assert_eq!(events(&format!("{line}\n\n")), [data(&[value])], "{line:?}");
    }
}

#[test]
fn every_line_end_ends_a_line() {
    for text in [
        "data: a\ndata: b\n\ndata: c\n\n",
        "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n",
        "data: a\rdata: b\r\rdata: c\r\r",
        "data: a\r\ndata: b\r\r\ndata: c\n\r",
        "\n\r\n\rdata: a\ndata: b\n\n\n\n\r\r\ndata: c\r\n\n",
    ] {
        assert_eq!(events(text), [data(&["a", "b"]), data(&["c"])], "{text:?}");
    }
    // A carriage return, a line feed and another line feed are two line ends, not three.
    assert_eq!(events("data: a\r\n\n"), [data(&["a"])]);
    assert_eq!(Stream::decode(b"data: a\r\n").events, []);
}

#[test]
fn a_priming_event_has_empty_data() {
    let priming = Event { id: Some("1".into()), ..data(&[""]) };
    for text in ["id: 1\ndata: \n\n", "id: 1\ndata:\n\n", "id:1\r\ndata\r\n\r\n"] {
        assert_eq!(events(text), std::slice::from_ref(&priming), "{text:?}");
    }
    assert_eq!(events("data\ndata\n\n"), [data(&["", ""])]);
}

#[test]
fn without_data_nothing_is_dispatched() {
    for text in ["", "\n\n", "id: 1\n\n", "retry: 5\n\n", ": x\n\n", "id: 1\nretry: 5\n\n"] {
        assert_eq!(events(text), [], "{text:?}");
    }
    // What went before such a block does not leak into the next event.
    assert_eq!(events("id: 1\nretry: 5\n\ndata: a\n\n"), [data(&["a"])]);
}

#[test]
fn the_last_of_repeated_fields_counts() {
    let text = "event: a\nevent: b\nid: 1\nid: 2\nretry: 1\nretry: 2\ndata\nid\n\n";
    let expected =
        Event { event: Some("b".into()), id: Some(String::new()), retry: Some(2), ..data(&[""]) };
    assert_eq!(events(text), [expected]);
}

#[test]
fn comments_are_counted() {
    let stream = Stream::decode(b":\n: keep-alive\n:data: x\n\n");
    assert_eq!(stream, Stream { comments: 3, ..Stream::default() });
}

#[test]
fn events_are_there_as_soon_as_their_blank_line_is() {
    let mut decoder = Decoder::new();
    decoder.push(b"data: a\r\n\r");
    assert_eq!(decoder.events(), [data(&["a"])]);
    assert_eq!(decoder.take_events(), [data(&["a"])]);
    assert_eq!(decoder.events(), []);
    decoder.push(b"\ndata: b\n");
    assert_eq!(decoder.take_events(), []);
    decoder.push(b"\n");
    assert_eq!(decoder.finish(), Stream { events: vec![data(&["b"])], ..Stream::default() });
}
