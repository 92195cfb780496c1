//! Tables for the decoder.

use super::*;

#[test]
fn decodes_an_event() {
    let stream = Stream::decode(b": hi\nevent: message\nid: 1\ndata: a\ndata: b\n\n");
    let event = Event {
        event: Some("message".into()),
        id: Some("1".into()),
        retry: None,
        data: "a\nb".into(),
        data_lines: 2,
    };
    assert_eq!(
        stream,
        Stream {
            events: vec![event],
            comments: 1,
            ..Stream::default()
        }
    );
}
