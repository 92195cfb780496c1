//! Answers that are packed by gzip (RFC 1952), for callers that asked for it.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::program::Call;
use super::script::{Step, chunk, end, event, head, json, response, stream};

/// The header fields of what is packed (RFC 9110 sections 8.4 and 12.5.5).
const PACKED: [(&str, &str); 2] = [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")];

/// Whether an `Accept-Encoding` permits gzip: it is named, or everything is, and with no weight of zero
/// (RFC 9110 section 12.5.3). Without the field a caller did not ask for it.
pub(super) fn permits(field: Option<&str>) -> bool {
    let weight = |coding: &str| {
        let mut listed = field.unwrap_or_default().split(',').map(|one| {
            let (name, parameter) = one.split_once(';').unwrap_or((one, "q=1"));
            let weight = parameter.trim().strip_prefix("q=").and_then(|q| q.trim().parse().ok());
            (name.trim(), weight.unwrap_or(1.0))
        });
        listed
            .find(|(name, _)| name.eq_ignore_ascii_case(coding))
            .map(|(_, weight): (_, f32)| weight)
    };
    let named = weight("gzip").or_else(|| weight("x-gzip")).or_else(|| weight("*"));
    named.is_some_and(|weight| weight > 0.0)
}

/// The usual result as a packed JSON body.
pub(super) fn json_gzip(call: &Call) -> Vec<Step> {
    let body = call.done("");
    let packed = gzip(&[&body]).ok().filter(|_| call.gzip).map(|parts| parts.concat());
    let fields = [[("Content-Type", "application/json")].as_slice(), &PACKED].concat();
    vec![packed.map_or_else(|| json(&body), |packed| response(200, &fields, packed))]
}

/// The usual result as an event stream that is packed as a whole: a comment comes first, and what was
/// packed until then is there before the answer is.
pub(super) fn sse_gzip(call: &Call) -> Vec<Step> {
    let parts = [": packed\n\n".to_owned(), event(&call.done(""))];
    let packed = gzip(&parts.each_ref().map(String::as_str)).ok().filter(|_| call.gzip);
    let (begin, chunks) = match packed {
        Some(packed) => (packed_stream(), packed.iter().map(chunk).collect::<Vec<_>>()),
        None => (stream(), parts.iter().map(chunk).collect()),
    };
    [begin].into_iter().chain(chunks).chain([end()]).collect()
}

fn packed_stream() -> Step {
    let fields = [("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")];
    let mut bytes = head(200, &[fields, PACKED].concat());
    bytes.extend_from_slice(b"\r\n");
    Step::Send(bytes)
}

/// The bytes of each part, which can be unpacked as soon as they and those before them are there.
fn gzip(parts: &[&str]) -> io::Result<Vec<Vec<u8>>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut packed = Vec::new();
    for part in parts {
        encoder.write_all(part.as_bytes())?;
        encoder.flush()?;
        packed.push(std::mem::take(encoder.get_mut()));
    }
    packed.push(encoder.finish()?);
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_caller_asks_for_gzip_or_it_does_not() {
        for (field, permitted) in [
            (None, false),
            (Some(""), false),
            (Some("identity"), false),
            (Some("gzip"), true),
            (Some("deflate, GZIP;q=0.5"), true),
            (Some("x-gzip"), true),
            (Some("*"), true),
            (Some("gzip;q=0, *"), false),
            (Some("gzip; q=0.0"), false),
            (Some("br, deflate"), false),
        ] {
            assert_eq!(permits(field), permitted, "{field:?}");
        }
    }

    #[test]
    fn parts_are_unpacked_as_they_come() {
        let packed = gzip(&["one ", "two"]).unwrap();
        assert_eq!(packed.len(), 3);
        let mut text = String::new();
        let whole = packed.concat();
        flate2::read::GzDecoder::new(whole.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two");
        let mut decoder = flate2::write::GzDecoder::new(Vec::new());
        decoder.write_all(&packed[0]).unwrap();
        decoder.flush().unwrap();
        assert_eq!(decoder.get_ref(), b"one ");
    }
}
