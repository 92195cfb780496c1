//! Where a response's body ends and whether the connection outlives it (RFC 9112 sections 6.3 and
//! 9.3). Knows no socket and no byte of a body.

use super::head::Head;
use crate::wire::envelope::Header;

/// What tells the end of a response body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Framing {
    /// There is no body, whatever the header fields say.
    Empty,
    /// So many bytes follow.
    Length(u64),
    /// The chunked transfer coding.
    Chunked,
    /// The end of the connection.
    UntilClose,
}

/// What a request's method means for the body of its response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    /// HEAD: never a body.
    Head,
    /// CONNECT: a 2xx opens a tunnel.
    Connect,
    /// Any other method.
    Other,
}

impl Asked {
    /// Methods are case-sensitive (RFC 9110 section 9.1).
    pub(super) fn of(method: &str) -> Self {
        match method {
            "HEAD" => Self::Head,
            "CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }
}

/// The framing of a final response by the rules of RFC 9112 section 6.3, in their order.
///
/// # Errors
///
/// A text, when Content-Length is no number or contradicts itself.
pub(super) fn framing(asked: Asked, head: &Head) -> Result<Framing, String> {
    let tunnel = asked == Asked::Connect && (200..300).contains(&head.status);
    if asked == Asked::Head || matches!(head.status, 100..=199 | 204 | 304) || tunnel {
        return Ok(Framing::Empty);
    }
    if let Some(coding) = elements(&head.headers, "transfer-encoding").last() {
        let chunked = coding.eq_ignore_ascii_case(b"chunked");
        return Ok(if chunked { Framing::Chunked } else { Framing::UntilClose });
    }
    Ok(content_length(&head.headers)?.map_or(Framing::UntilClose, Framing::Length))
}

/// Whether the peer will read another request on this connection after this response.
pub(super) fn keeps_alive(asked: Asked, head: &Head, framing: Framing) -> bool {
    let switched = head.status == 101 || (asked == Asked::Connect && framing == Framing::Empty);
    let close = || elements(&head.headers, "connection").any(|o| o.eq_ignore_ascii_case(b"close"));
    head.minor == 1 && framing != Framing::UntilClose && !switched && !close()
}

fn content_length(headers: &[Header]) -> Result<Option<u64>, String> {
    let mut known = None;
    for field in headers.iter().filter(|header| header.is("content-length")) {
        for element in field.value.split(|byte| *byte == b',') {
            let length = decimal(element.trim_ascii())?;
            match known {
                Some(other) if other != length => {
                    return Err(format!("two Content-Length values: {other} and {length}"));
                }
                _ => known = Some(length),
            }
        }
    }
    Ok(known)
}

/// `1*DIGIT` and nothing else: no sign, no white space within.
fn decimal(text: &[u8]) -> Result<u64, String> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(text).ok().filter(|_| digits).and_then(|t| t.parse().ok());
    number.ok_or_else(|| {
        let shown = text.get(..30).unwrap_or(text);
        format!("Content-Length `{}` is no length", shown.escape_ascii())
    })
}

/// The non-empty elements of a comma-separated header (RFC 9110 section 5.6.1), over all its lines.
fn elements<'a>(headers: &'a [Header], name: &str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |header| header.is(name))
        .flat_map(|header| header.value.split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, minor: u8, fields: &[(&str, &str)]) -> Head {
        let headers = fields.iter().map(|(name, value)| Header::new(*name, *value)).collect();
        Head { status, minor, headers }
    }

    fn frame(fields: &[(&str, &str)]) -> Result<Framing, String> {
        framing(Asked::Other, &head(200, 1, fields))
    }

    #[test]
    fn framing_follows_the_rules_in_their_order() {
        let cl = ("Content-Length", "5");
        let te = ("transfer-encoding", "Chunked");
        assert_eq!(frame(&[]), Ok(Framing::UntilClose));
        assert_eq!(frame(&[cl]), Ok(Framing::Length(5)));
        assert_eq!(frame(&[te]), Ok(Framing::Chunked));
        assert_eq!(frame(&[cl, te]), Ok(Framing::Chunked));
        assert_eq!(frame(&[("Transfer-Encoding", "gzip, chunked,")]), Ok(Framing::Chunked));
        assert_eq!(frame(&[te, ("Transfer-Encoding", "gzip")]), Ok(Framing::UntilClose));
        assert_eq!(frame(&[cl, ("Transfer-Encoding", "gzip")]), Ok(Framing::UntilClose));
        assert_eq!(frame(&[cl, cl, ("Content-Length", "5, 05")]), Ok(Framing::Length(5)));
        for (asked, status) in
            [(Asked::Head, 200), (Asked::Other, 204), (Asked::Other, 304), (Asked::Connect, 200)]
        {
            assert_eq!(framing(asked, &head(status, 1, &[cl, te])), Ok(Framing::Empty));
        }
        assert_eq!(framing(Asked::Connect, &head(403, 1, &[cl])), Ok(Framing::Length(5)));
    }

    #[test]
    fn a_length_that_is_none_is_refused() {
        for bad in ["", "-1", "+5", "5 5", "0x5", "5,6", "5,", "1.0", "18446744073709551616"] {
            assert!(frame(&[("Content-Length", bad)]).is_err(), "{bad}");
        }
        let two = frame(&[("Content-Length", "5"), ("content-length", "6")]);
        assert_eq!(two, Err("two Content-Length values: 5 and 6".to_owned()));
    }

    #[test]
    fn the_connection_is_kept_only_where_http_says_so() {
        let length = Framing::Length(1);
        assert!(keeps_alive(Asked::Other, &head(200, 1, &[]), length));
        assert!(keeps_alive(Asked::Other, &head(200, 1, &[("Connection", "x")]), Framing::Chunked));
        assert!(!keeps_alive(Asked::Other, &head(200, 0, &[]), length));
        assert!(!keeps_alive(Asked::Other, &head(200, 1, &[]), Framing::UntilClose));
        let close = head(200, 1, &[("connection", "keep-alive, CLOSE")]);
        assert!(!keeps_alive(Asked::Other, &close, length));
        assert!(!keeps_alive(Asked::Other, &head(101, 1, &[]), Framing::Empty));
        assert!(!keeps_alive(Asked::Connect, &head(200, 1, &[]), Framing::Empty));
        assert!(keeps_alive(Asked::Other, &head(204, 1, &[]), Framing::Empty));
    }

    #[test]
    fn methods_are_case_sensitive() {
        assert_eq!(Asked::of("HEAD"), Asked::Head);
        assert_eq!(Asked::of("head"), Asked::Other);
        assert_eq!(Asked::of("CONNECT"), Asked::Connect);
    }
}
