//! The decoder of event streams: no portioning changes what it reads, and where it finds nothing
//! wrong it reads what the crate `sse-stream` reads.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use mcp_gauntlet::wire::sse::{Decoder, Defect, Event, Stream};
use sse_stream::SseStream;

use crate::PIECES;

/// A whole event stream.
pub fn sse(data: &[u8]) {
    let whole = Stream::decode(data);
    for size in PIECES {
        assert_eq!(pushed(data, size), whole, "in pieces of {size} bytes");
    }
    assert!(whole.events.iter().all(|event| event.data_lines > 0), "an event without data");
    if whole.defects.iter().all(is_tolerated)
        && let Some(theirs) = theirs(data)
    {
        let ours: Vec<Event> = whole.events.into_iter().map(uncounted).collect();
        assert_eq!(ours, theirs, "ours and those of sse-stream");
    }
}

fn pushed(data: &[u8], size: usize) -> Stream {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    for piece in data.chunks(size) {
        decoder.push(piece);
        events.extend(decoder.take_events());
    }
    Stream { events, ..decoder.finish() }
}

/// What `sse-stream` passes over as we do.
const fn is_tolerated(defect: &Defect) -> bool {
    matches!(defect, Defect::ByteOrderMark | Defect::NoData { .. })
}

/// It does not count the lines of an event.
fn uncounted(event: Event) -> Event {
    Event { data_lines: 0, ..event }
}

/// The events by `sse-stream`; none where it gives up, as it does on repeated fields. It yields blocks
/// without data too, which the standard never dispatches.
fn theirs(data: &[u8]) -> Option<Vec<Event>> {
    let chunks = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(data))]);
    let read = SseStream::from_bytes_stream(chunks).collect::<Vec<_>>().now_or_never()?;
    let read: Result<Vec<_>, _> = read.into_iter().collect();
    let event = |theirs: sse_stream::Sse| {
        let (event, id, retry) = (theirs.event, theirs.id, theirs.retry);
        Some(Event { event, id, retry, data: theirs.data?, data_lines: 0 })
    };
    Some(read.ok()?.into_iter().filter_map(event).collect())
}
