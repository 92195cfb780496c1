//! Tables for the bounds of the decoder: at each one it still reads, one beyond it stops.

use super::*;

/// Whether decoding stopped, with nothing unfinished kept.
fn stopped(stream: &Stream) -> bool {
    let told = stream.defects.iter().filter(|defect| **defect == Defect::TooLarge).count();
    assert!(told <= 1);
    told == 1 && stream.unterminated.is_none()
}

#[test]
fn data_up_to_the_bound_is_read() {
    let most = format!("data: {}\n\n", "x".repeat(MAX_DATA));
    let stream = Stream::decode(most.as_bytes());
    assert_eq!(stream.events.first().map(|event| event.data.len()), Some(MAX_DATA));
    assert_eq!(stream.defects, []);
    let halves = format!("data: {}\ndata: {}\n\n", "x".repeat(MAX_DATA - 2), "y");
    assert_eq!(Stream::decode(halves.as_bytes()).defects, []);
}

#[test]
fn data_beyond_the_bound_stops_decoding() {
    let line = format!("data: a\n\ndata: {}\n\ndata: b\n\n", "x".repeat(MAX_DATA + 1));
    let lines = format!("data: a\n\ndata: {}\ndata: y\n\ndata: b\n\n", "x".repeat(MAX_DATA - 1));
    for text in [line, lines] {
        let stream = Stream::decode(text.as_bytes());
        assert!(stopped(&stream));
        assert_eq!(stream.events.len(), 1);
    }
}

#[test]
fn a_line_without_end_stops_decoding() {
    for start in ["data: ", ": ", "event: ", "id:", ""] {
        let mut decoder = Decoder::new();
        decoder.push(start.as_bytes());
        let portion = vec![b'x'; 1 << 20];
        (0..18).for_each(|_| decoder.push(&portion));
        assert!(stopped(&decoder.finish()), "{start:?}");
    }
}

#[test]
fn the_number_of_events_is_bounded() {
    let mut decoder = Decoder::new();
    (0..MAX_EVENTS).for_each(|_| decoder.push(b"data\n\n"));
    assert_eq!(decoder.take_events().len(), MAX_EVENTS);
    decoder.push(b"data\n\ndata: x\n\n");
    let stream = decoder.finish();
    assert!(stopped(&stream) && stream.events.is_empty());
}

#[test]
fn waiting_events_are_bounded_and_taken_ones_do_not_count() {
    let large = format!("data: {}\n\n", "x".repeat(MAX_DATA));
    let fitting = MAX_WAITING / MAX_DATA;
    let mut decoder = Decoder::new();
    (0..fitting).for_each(|_| decoder.push(large.as_bytes()));
    assert_eq!(decoder.take_events().len(), fitting);
    (0..=fitting).for_each(|_| decoder.push(large.as_bytes()));
    let stream = decoder.finish();
    assert!(stopped(&stream));
    assert_eq!(stream.events.len(), fitting);
}

#[test]
fn defects_are_bounded_and_the_last_bound_is_still_told() {
    let mut decoder = Decoder::new();
    (0..MAX_DEFECTS + 10).for_each(|_| decoder.push(b"x\n"));
    (0..=MAX_EVENTS).for_each(|_| decoder.push(b"data\n\n"));
    let stream = decoder.finish();
    assert_eq!(stream.defects.len(), MAX_DEFECTS + 1);
    assert!(stopped(&stream));
}
