//! Properties, and agreement with the crate `sse-stream` on well-formed streams. It yields blocks
//! without data too, which the standard never dispatches, and refuses repeated fields.

use super::*;
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::sample::select;
use sse_stream::{Sse, SseStream};
use std::convert::Infallible;

/// A value of a field: anything but line ends.
fn value() -> impl Strategy<Value = String> {
    let plain = any::<String>().prop_map(|text| text.replace(['\r', '\n'], " "));
    let tables =
        select(&["", " ", "a", " b ", "{\"id\":1}", "x:y", ":", "é😀", "\u{feff}", "data: x"][..]);
    prop_oneof![3 => tables.prop_map(str::to_owned), 1 => plain]
}

/// A value of an `id`, which must not hold a null character.
fn id() -> impl Strategy<Value = String> {
    value().prop_map(|text| text.replace('\0', ""))
}

/// A field as a line, with or without the space behind the colon.
fn line(name: &str, value: &str, spaced: bool) -> String {
    format!("{name}:{}{value}", if spaced { " " } else { "" })
}

/// The lines of one block, in any order, without repeated fields other than `data`.
fn block() -> impl Strategy<Value = Vec<String>> {
    let fields = (
        option::of(value()),
        option::of(id()),
        option::of(any::<u64>()),
        vec(value(), 0..4),
        vec(value(), 0..3),
    );
    let lines = (fields, any::<bool>()).prop_map(|((event, id, retry, data, comments), spaced)| {
        let mut lines: Vec<String> = Vec::new();
        lines.extend(event.map(|value| line("event", &value, spaced)));
        lines.extend(id.map(|value| line("id", &value, spaced)));
        lines.extend(retry.map(|value| line("retry", &value.to_string(), spaced)));
        lines.extend(data.iter().map(|value| line("data", value, spaced)));
        lines.extend(comments.iter().map(|value| format!(":{value}")));
        lines
    });
    lines.prop_shuffle()
}

/// A well-formed stream: each block with one kind of line end and its blank line.
fn legal() -> impl Strategy<Value = Vec<u8>> {
    let ended = (block(), select(&["\n", "\r\n", "\r"][..])).prop_map(|(lines, end)| {
        let text: String = lines.iter().map(|line| format!("{line}{end}")).collect();
        text + end
    });
    vec(ended, 0..8).prop_map(|blocks| blocks.concat().into_bytes())
}

/// Any bytes, mostly those that mean something.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let words: [&[u8]; 18] = [
        b"data",
        b"event",
        b"id",
        b"retry",
        b":",
        b": ",
        b" ",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"7",
        b"x",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xc3\xa9",
        b"\xff",
        b"\xe2\x82",
    ];
    let word = prop_oneof![9 => select(words.to_vec()).prop_map(<[u8]>::to_vec), 1 => vec(any::<u8>(), 0..3)];
    vec(word, 0..40).prop_map(|words| words.concat())
}

/// Splits bytes into portions of these lengths, over and over; a length of 0 is an empty portion.
fn portions<'a>(bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut parts = Vec::new();
    for length in lengths.iter().cycle() {
        if rest.is_empty() || lengths.iter().all(|length| *length == 0) {
            break;
        }
        let (part, tail) = rest.split_at((*length).min(rest.len()));
        parts.push(part);
        rest = tail;
    }
    parts.push(rest);
    parts
}

fn pushed(parts: &[&[u8]]) -> Stream {
    let mut decoder = Decoder::new();
    parts.iter().for_each(|part| decoder.push(part));
    decoder.finish()
}

/// The events by `sse-stream`, which does not count lines; blocks without data left out.
fn theirs(parts: &[&[u8]]) -> Vec<Event> {
    let chunks =
        parts.iter().filter(|part| !part.is_empty()).map(|part| Bytes::copy_from_slice(part));
    let chunks: Vec<Result<Bytes, Infallible>> = chunks.map(Ok).collect();
    let events = SseStream::from_bytes_stream(stream::iter(chunks));
    let events: Vec<_> = events.collect::<Vec<_>>().now_or_never().unwrap();
    events
        .into_iter()
        .map(|event| event.expect("a well-formed stream"))
        .filter_map(|Sse { event, data, id, retry }| {
            Some(Event { event, id, retry, data: data?, data_lines: 0 })
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn agrees_on_legal_streams(
        bytes in legal(), marked in any::<bool>(), lengths in vec(0_usize..20, 1..6),
    ) {
        let bytes = if marked { [&b"\xef\xbb\xbf"[..], &bytes].concat() } else { bytes };
        let parts = portions(&bytes, &lengths);
        let ours = pushed(&parts);
        let uncounted: Vec<_> =
            ours.events.iter().cloned().map(|event| Event { data_lines: 0, ..event }).collect();
        prop_assert_eq!(uncounted, theirs(&parts));
        prop_assert_eq!(&ours.unterminated, &None);
        let told = |defect: &Defect| matches!(defect, Defect::NoData { .. } | Defect::ByteOrderMark);
        prop_assert!(ours.defects.iter().all(told), "{:?}", ours.defects);
    }

    #[test]
    fn portions_make_no_difference(bytes in prop_oneof![legal(), soup()], lengths in vec(0_usize..9, 1..6)) {
        let whole = Stream::decode(&bytes);
        prop_assert_eq!(&pushed(&portions(&bytes, &lengths)), &whole);
        prop_assert_eq!(&pushed(&portions(&bytes, &[1])), &whole);
    }

    #[test]
    fn taking_events_loses_none(bytes in prop_oneof![legal(), soup()], length in 1_usize..9) {
        let mut decoder = Decoder::new();
        let mut taken = Vec::new();
        for part in portions(&bytes, &[length]) {
            decoder.push(part);
            taken.extend(decoder.take_events());
        }
        let rest = decoder.finish();
        prop_assert_eq!(rest.events, vec![]);
        let whole = Stream::decode(&bytes);
        prop_assert_eq!(taken, whole.events);
        prop_assert_eq!(rest.defects, whole.defects);
    }

    #[test]
    fn a_whole_stream_cut_anywhere_keeps_its_first_events(bytes in legal(), place in any::<usize>()) {
        let whole = Stream::decode(&bytes).events;
        let cut = place % (bytes.len() + 1);
        let events = Stream::decode(&bytes[..cut]).events;
        prop_assert!(whole.starts_with(&events));
    }

    #[test]
    fn data_comes_back_as_it_was_sent(lines in vec(value(), 1..5), end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")]) {
        let text: String = lines.iter().map(|value| format!("data: {value}{end}")).collect();
        let stream = Stream::decode(format!("{text}{end}").as_bytes());
        prop_assert_eq!(&stream.events[0].data, &lines.join("\n"));
        prop_assert_eq!(stream.events[0].data_lines, lines.len());
    }
}
