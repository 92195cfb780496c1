//! The shell commands for what curl cannot send as it is: the bytes of the request written to a
//! connection of bash's own. Plain HTTP only.

use crate::wire::envelope::{Envelope, Header};

/// Whether curl would send something else: it keeps one `Host` field only.
#[must_use]
pub fn is_beyond_curl(envelope: &Envelope) -> bool {
    envelope.headers.iter().filter(|header| header.is("host")).count() > 1
}

/// Writes the request and reads the answer. `authority` is host and port, `value` prints a header's
/// value as a double-quoted shell word, `body` are the commands that print the body.
#[must_use]
pub fn command(
    envelope: &Envelope,
    (authority, path): (&str, &str),
    value: impl Fn(&Header) -> String,
    body: &str,
) -> String {
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    let host = host.trim_matches(['[', ']']);
    let line =
        |header: &Header| format!("printf '%s: %s\\r\\n' '{}' {}; ", header.name, value(header));
    let headers: String = envelope.headers.iter().map(line).collect();
    let length = envelope.body.len();
    format!(
        "exec 3<>/dev/tcp/{host}/{port}; {{ printf '{} {path} HTTP/1.1\\r\\n'; {headers}\
         printf 'Content-Length: {length}\\r\\nConnection: close\\r\\n\\r\\n'; {body} }} >&3; cat <&3",
        envelope.method
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(hosts: &[&str]) -> Envelope {
        let headers = hosts.iter().map(|host| Header::new("Host", *host)).collect();
        Envelope { method: "POST".to_owned(), path: None, headers, body: b"{}".to_vec() }
    }

    #[test]
    fn curl_keeps_only_one_host() {
        assert!(!is_beyond_curl(&envelope(&[])));
        assert!(!is_beyond_curl(&envelope(&["a"])));
        assert!(is_beyond_curl(&envelope(&["a", "b"])));
    }

    #[test]
    fn the_request_is_written_field_by_field() {
        let value = |header: &Header| format!("\"{}\"", String::from_utf8_lossy(&header.value));
        let place = ("127.0.0.1:80", "/mcp");
        let text = command(&envelope(&["a", "b"]), place, value, "printf '{}';");
        assert_eq!(
            text,
            "exec 3<>/dev/tcp/127.0.0.1/80; { printf 'POST /mcp HTTP/1.1\\r\\n'; \
             printf '%s: %s\\r\\n' 'Host' \"a\"; printf '%s: %s\\r\\n' 'Host' \"b\"; \
             printf 'Content-Length: 2\\r\\nConnection: close\\r\\n\\r\\n'; printf '{}'; } >&3; cat <&3"
        );
    }
}
