//! One response head: status line and header section (RFC 9112 sections 4 and 5), parsed by
//! httparse in its strict setting. Knows neither sockets nor bodies.

use crate::wire::envelope::Header;
use httparse::{EMPTY_HEADER, Error, ParserConfig, Status};
use std::mem::MaybeUninit;

/// What every response of HTTP/1 begins with.
const MAGIC: &[u8] = b"HTTP/1.";

/// Header fields that are parsed without an allocation for httparse.
const USUAL_FIELDS: usize = 64;

/// Bytes of foreign matter that an error text shows.
const SHOWN: usize = 40;

/// A parsed response head.
#[derive(Debug)]
pub(super) struct Head {
    /// Status code, 100 to 999.
    pub(super) status: u16,
    /// Minor version: 0 or 1.
    pub(super) minor: u8,
    /// Header fields in order.
    pub(super) headers: Vec<Header>,
}

/// Where the head ends: the first index behind its empty line. Looks only at bytes from `from` on,
/// so that a head which drips in is not searched over and over.
pub(super) fn find_end(bytes: &[u8], from: usize) -> Option<usize> {
    // The line feed before the empty line may have been seen already.
    let from = from.saturating_sub(2);
    let mut tail = bytes.get(from..)?;
    while let Some(index) = tail.iter().position(|byte| *byte == b'\n') {
        tail = tail.get(index + 1..)?;
        let empty_line = [b"\n".as_slice(), b"\r\n"].into_iter().find(|end| tail.starts_with(end));
        if let Some(line) = empty_line {
            return Some(bytes.len() - tail.len() + line.len());
        }
    }
    None
}

/// Tells foreign protocols from HTTP/1 by as many bytes as there are.
///
/// # Errors
///
/// A text that shows the bytes.
pub(super) fn check_magic(bytes: &[u8]) -> Result<(), String> {
    let count = bytes.len().min(MAGIC.len());
    if bytes.get(..count) == MAGIC.get(..count) {
        return Ok(());
    }
    if bytes.starts_with(&[0x15, 3]) {
        return Err("the peer answers with a TLS alert: the target may want https".to_owned());
    }
    let shown = bytes.get(..SHOWN).unwrap_or(bytes);
    Err(format!("the answer begins with `{}` instead of `HTTP/1.`", shown.escape_ascii()))
}

/// Parses a head that [`find_end`] has delimited.
///
/// # Errors
///
/// A text that says which part is malformed.
pub(super) fn parse(bytes: &[u8]) -> Result<Head, String> {
    let mut fields = [const { MaybeUninit::uninit() }; USUAL_FIELDS];
    let mut response = httparse::Response::new(&mut []);
    let config = ParserConfig::default();
    match config.parse_response_with_uninit_headers(&mut response, bytes, &mut fields) {
        Err(Error::TooManyHeaders) => parse_long(bytes),
        outcome => convert(&response, outcome),
    }
}

fn parse_long(bytes: &[u8]) -> Result<Head, String> {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let mut fields = vec![EMPTY_HEADER; lines];
    let mut response = httparse::Response::new(&mut fields);
    let outcome = response.parse(bytes);
    convert(&response, outcome)
}

fn convert(
    response: &httparse::Response<'_, '_>,
    outcome: Result<Status<usize>, Error>,
) -> Result<Head, String> {
    match (outcome, response.code, response.version) {
        // RFC 9110 section 15: the first digit is the class, and there is none of that.
        (Ok(Status::Complete(_)), Some(status @ ..100), _) => {
            Err(format!("malformed response head: status {status:03}"))
        }
        (Ok(Status::Complete(_)), Some(status), Some(minor)) => {
            let fields = response.headers.iter();
            let headers = fields.map(|field| Header::new(field.name, field.value)).collect();
            Ok(Head { status, minor, headers })
        }
        (Err(error), _, _) => Err(format!("malformed response head: {error}")),
        _ => Err("malformed response head: it ends too early".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_from_any_starting_point_before_it() {
        for head in ["HTTP/1.1 200 OK\r\na: b\r\n\r\n", "HTTP/1.1 200 OK\n\n", "x\n\r\n", "x\r\n\n"]
        {
            let bytes = format!("{head}body\r\n\r\n");
            for from in 0..head.len() {
                assert_eq!(find_end(bytes.as_bytes(), from), Some(head.len()), "{head:?} {from}");
                assert_eq!(find_end(&head.as_bytes()[..from], 0), None, "{head:?} {from}");
            }
        }
        assert_eq!(find_end(b"", 0), None);
        assert_eq!(find_end(b"abc", 99), None);
    }

    #[test]
    fn foreign_protocols_are_told_by_their_first_bytes() {
        for fine in ["", "H", "HTTP/1", "HTTP/1.", "HTTP/1.1 200 OK"] {
            assert_eq!(check_magic(fine.as_bytes()), Ok(()), "{fine}");
        }
        for foreign in ["S", "HTTP/2 200", "http/1.1", "\r\nHTTP/1.1", "{\"a\":1}", "ICY 200 OK"] {
            assert!(check_magic(foreign.as_bytes()).is_err(), "{foreign}");
        }
        let text = check_magic(&[0xff; 1000]).unwrap_err();
        assert!(text.contains(r"\xff") && text.len() < 250, "{text}");
        assert!(check_magic(&[0x15, 3, 1, 0]).unwrap_err().contains("https"));
    }

    #[test]
    fn a_head_keeps_names_order_and_bytes() {
        let head =
            parse(b"HTTP/1.0 404 Not Found\r\nX-iD:  a b \r\nx-id:\xff\r\nE:\r\n\r\n").unwrap();
        assert_eq!((head.status, head.minor), (404, 0));
        let expected = [
            Header::new("X-iD", "a b"),
            Header::new("x-id", vec![0xff]),
            Header::new("E", Vec::new()),
        ];
        assert_eq!(head.headers, expected);
    }

    #[test]
    fn many_fields_are_parsed_too() {
        for count in [USUAL_FIELDS, USUAL_FIELDS + 1, 5000] {
            let fields = "a: b\r\n".repeat(count);
            let head = parse(format!("HTTP/1.1 200 OK\r\n{fields}\r\n").as_bytes()).unwrap();
            assert_eq!(head.headers.len(), count);
        }
    }

    #[test]
    fn malformed_heads_are_refused_with_a_reason() {
        for bad in [
            "HTTP/1.2 200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1  200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\na : b\r\n\r\n",
            "HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\na: \0\r\n\r\n",
            "HTTP/1.1",
        ] {
            let text = parse(bad.as_bytes()).unwrap_err();
            assert!(text.starts_with("malformed response head"), "{bad:?}: {text}");
        }
    }
}
