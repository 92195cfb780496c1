//! What the caller accepts (RFC 9110 section 12.5.1).

use axum::http::{HeaderMap, header};

use crate::reply::Framing;

/// Which of our two media types the caller takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accept {
    pub(crate) json: bool,
    pub(crate) stream: bool,
}

impl Accept {
    /// Reads the header; without one, everything is accepted.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let values: Vec<String> = headers
            .get_all(header::ACCEPT)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase())
            .collect();
        let ranges: Vec<Range<'_>> = values
            .iter()
            .flat_map(|value| value.split(','))
            .filter_map(Range::read)
            .collect();
        Self {
            json: admits(&ranges, "application", "json"),
            stream: admits(&ranges, "text", "event-stream"),
        }
    }

    /// Whether nothing that we have is accepted.
    pub(crate) fn is_nothing(self) -> bool {
        !self.json && !self.stream
    }

    /// The framing of a reply that is better sent as a stream, or better not.
    pub(crate) fn framing(self, as_stream: bool, primed: bool) -> Framing {
        if self.stream && (as_stream || !self.json) {
            Framing::Sse { primed }
        } else {
            Framing::Json
        }
    }
}

/// A media range such as `text/*;q=0.5`.
#[derive(Debug)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    refused: bool,
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.find_map(|parameter| parameter.strip_prefix("q="));
        let refused = quality.is_some_and(|quality| quality.parse() == Ok(0.0_f32));
        Some(Self {
            kind,
            subtype,
            refused,
        })
    }

    /// How closely the range names the type; `None` if it does not cover it.
    fn closeness(&self, kind: &str, subtype: &str) -> Option<u8> {
        match (self.kind, self.subtype) {
            ("*", "*") => Some(0),
            (range, "*") if range == kind => Some(1),
            (range, exact) if range == kind && exact == subtype => Some(2),
            _ => None,
        }
    }
}

/// The closest range decides.
fn admits(ranges: &[Range<'_>], kind: &str, subtype: &str) -> bool {
    ranges.is_empty()
        || ranges
            .iter()
            .filter_map(|range| Some((range.closeness(kind, subtype)?, !range.refused)))
            .max()
            .is_some_and(|(_, admitted)| admitted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn ranges_admit_by_closeness_and_quality() {
        for (header, json, stream) in [
            ("application/json, text/event-stream", true, true),
            ("Application/JSON", true, false),
            ("text/event-stream;q=0.5", false, true),
            ("*/*", true, true),
            ("application/*", true, false),
            ("text/html", false, false),
            ("*/*, application/json;q=0", false, true),
            ("text/event-stream; q=0.000, */*;q=0.1", true, false),
            ("", true, true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(header));
            assert_eq!(Accept::read(&headers), Accept { json, stream }, "{header}");
        }
        let everything = Accept {
            json: true,
            stream: true,
        };
        assert_eq!(Accept::read(&HeaderMap::new()), everything);
    }

    #[test]
    fn only_what_is_accepted_is_sent() {
        let (json, stream) = (Framing::Json, Framing::Sse { primed: false });
        for (accept, as_stream, framing) in [
            ((true, true), true, stream),
            ((true, true), false, json),
            ((true, false), true, json),
            ((false, true), false, stream),
        ] {
            let accept = Accept {
                json: accept.0,
                stream: accept.1,
            };
            assert_eq!(accept.framing(as_stream, false), framing);
        }
    }
}
