//! The bytes of a request head, written exactly as the envelope says. Knows no socket.

use crate::wire::envelope::{Envelope, Header};

/// Writes request line and header section to `out`, which is emptied first. The body follows it on
/// the wire unchanged.
///
/// `Host` and `Content-Length` are added unless the envelope has its own (or, for the length, a
/// `Transfer-Encoding`); a body-less GET, HEAD, DELETE, OPTIONS or TRACE gets no length.
pub(super) fn render(out: &mut Vec<u8>, envelope: &Envelope, path: &str, host: &str) {
    out.clear();
    let path = envelope.path.as_deref().unwrap_or(path);
    for part in [&envelope.method, " ", path, " HTTP/1.1\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
    if envelope.header("host").is_none() {
        field(out, "Host", host.as_bytes());
    }
    for header in &envelope.headers {
        field(out, &header.name, &header.value);
    }
    if wants_length(envelope) {
        field(out, "Content-Length", envelope.body.len().to_string().as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// Whether the peer reads the request as one message that ends where ours ends, and may keep the
/// connection: after anything else a later answer could not be told from a late one to this.
pub(super) fn keeps_connection(envelope: &Envelope) -> bool {
    let path = envelope.path.as_deref().unwrap_or_default();
    [&envelope.method, path].iter().all(|part| is_one_line(part.as_bytes()))
        && envelope.headers.iter().all(|header| is_harmless(header, envelope.body.len()))
}

fn field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn wants_length(envelope: &Envelope) -> bool {
    const BODYLESS: [&str; 5] = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"];
    let framed = |header: &Header| header.is("content-length") || header.is("transfer-encoding");
    let bodyless = envelope.body.is_empty()
        && BODYLESS.iter().any(|m| envelope.method.eq_ignore_ascii_case(m));
    !bodyless && !envelope.headers.iter().any(framed)
}

fn is_harmless(header: &Header, body: usize) -> bool {
    let framing_is_true = if header.is("content-length") {
        header.value == body.to_string().as_bytes()
    } else {
        !header.is("transfer-encoding") && !header.is("connection") && !header.is("upgrade")
    };
    framing_is_true && is_one_line(header.name.as_bytes()) && is_one_line(&header.value)
}

fn is_one_line(part: &[u8]) -> bool {
    !part.iter().any(|byte| matches!(byte, b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(method: &str, headers: &[(&str, &str)], body: &str) -> Envelope {
        let headers = headers.iter().map(|(name, value)| Header::new(*name, *value)).collect();
        Envelope { method: method.to_owned(), path: None, headers, body: body.into() }
    }

    fn rendered(envelope: &Envelope) -> String {
        let mut out = b"left over".to_vec();
        render(&mut out, envelope, "/mcp?x=1", "h:8080");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn heads_are_rendered_to_the_byte() {
        let table = [
            (
                envelope("POST", &[("X-iD", "1"), ("x-Id", " 2")], "{}"),
                "POST /mcp?x=1 HTTP/1.1\r\nHost: h:8080\r\nX-iD: 1\r\nx-Id:  2\r\n\
                 Content-Length: 2\r\n\r\n",
            ),
            (
                envelope("post", &[("hOST", "other")], ""),
                "post /mcp?x=1 HTTP/1.1\r\nhOST: other\r\nContent-Length: 0\r\n\r\n",
            ),
            (envelope("GET", &[], ""), "GET /mcp?x=1 HTTP/1.1\r\nHost: h:8080\r\n\r\n"),
            (
                envelope("DELETE", &[], "x"),
                "DELETE /mcp?x=1 HTTP/1.1\r\nHost: h:8080\r\nContent-Length: 1\r\n\r\n",
            ),
            (
                envelope("POST", &[("content-LENGTH", "99"), ("Content-Length", "1")], "{}"),
                "POST /mcp?x=1 HTTP/1.1\r\nHost: h:8080\r\ncontent-LENGTH: 99\r\n\
                 Content-Length: 1\r\n\r\n",
            ),
            (
                envelope("POST", &[("Transfer-Encoding", "chunked")], "0\r\n\r\n"),
                "POST /mcp?x=1 HTTP/1.1\r\nHost: h:8080\r\nTransfer-Encoding: chunked\r\n\r\n",
            ),
        ];
        for (envelope, expected) in table {
            assert_eq!(rendered(&envelope), expected);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_kept() {
        let mut request = envelope("POST", &[], "");
        request.headers.push(Header::new("X-Raw", vec![0xff, 0, b'\r', b'\n', b'a']));
        request.path = Some("/a/../b c".to_owned());
        let mut out = Vec::new();
        render(&mut out, &request, "/mcp", "h");
        let expected =
            b"POST /a/../b c HTTP/1.1\r\nHost: h\r\nX-Raw: \xff\0\r\na\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(out, expected);
    }

    #[test]
    fn only_an_honest_frame_keeps_the_connection() {
        let body = "{}";
        for honest in [vec![], vec![("Content-Length", "2")], vec![("X-Any", "thing")]] {
            assert!(keeps_connection(&envelope("POST", &honest, body)), "{honest:?}");
        }
        for other in [
            ("Content-Length", "1"),
            ("content-length", "02"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "close"),
            ("Upgrade", "h2c"),
            ("X-Any", "a\r\nContent-Length: 0"),
            ("X-Any\n", "a"),
        ] {
            assert!(!keeps_connection(&envelope("POST", &[other], body)), "{other:?}");
        }
        assert!(!keeps_connection(&envelope("GET / HTTP/1.1\r\n\r\nGET", &[], "")));
        let mut split = envelope("GET", &[], "");
        split.path = Some("/ HTTP/1.1\r\n\r\n".to_owned());
        assert!(!keeps_connection(&split));
    }
}
