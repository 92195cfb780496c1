//! The shell command that says one message to a process by hand, behind the messages that open its
//! session, with their exact bytes.

use std::fmt::Write as _;

use super::curl::{print_bytes, quote};
use crate::case::Framing;

/// Messages before the one under test that are repeated: those that open the session.
const OPENING: usize = 2;

/// Seconds that the input stays open for the answer.
const WAIT: u32 = 2;

/// The command. `before` are the messages that opened the session, in order.
#[must_use]
pub fn reproduce(command: &str, before: &[&[u8]], message: &[u8], framing: Framing) -> String {
    let mut feed = String::new();
    for step in before.iter().take(OPENING) {
        let _ = match std::str::from_utf8(step) {
            Ok(text) => write!(feed, "printf '%s\\n' {}; ", quote(text)),
            Err(_) => write!(feed, "{} printf '\\n'; ", print_bytes(step)),
        };
    }
    // What opens a session is answered before anything else may be said.
    let _ = write!(feed, "sleep 1; ");
    if !message.is_empty() {
        let _ = write!(feed, "{} ", print_bytes(message));
    }
    let _ = match framing {
        Framing::Line | Framing::Split => write!(feed, "printf '\\n'; sleep {WAIT}"),
        Framing::Unended => write!(feed, ":"),
    };
    format!("({feed}) | {command}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// What a process gets on its input.
    fn fed(before: &[&[u8]], message: &[u8], framing: Framing) -> Vec<u8> {
        let command = reproduce("cat", before, message, framing);
        let output = Command::new("sh").args(["-c", &command]).output().unwrap();
        assert!(output.status.success(), "{command}");
        output.stdout
    }

    #[test]
    fn the_bytes_arrive_as_they_were_sent() {
        let open: &[u8] = br#"{"id":1,"text":"it's 100% \\ ok"}"#;
        let nasty: &[u8] = b"{\"a\":\"%s \\n '\x00\xff\xc3\x28\r\x1b\"}";
        let long = [b"{\"a\":\"".as_slice(), &[b'x'; 5000], b"\"}"].concat();
        for message in [nasty, &long, b""] {
            let expected = [open, b"\n", message, b"\n"].concat();
            assert_eq!(fed(&[open], message, Framing::Line), expected);
        }
    }

    #[test]
    fn a_message_without_a_line_feed_ends_the_input() {
        assert_eq!(fed(&[], b"{}", Framing::Unended), b"{}");
    }
}
