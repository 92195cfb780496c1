//! Targets that are well until the handshake is over: the run ends with verdicts, in bounded time
//! and memory.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use socket2::SockRef;

use super::child::{Done, run};
use super::fake::{Deed, answer, hostile, send, send_last};

/// Runs two cases, each once among others and once alone; the target does its deed with most of what
/// they send.
fn attacked(deed: Deed) -> Done {
    let target = hostile(deed);
    let cases = ["jsonrpc/method/unknown-in-tools", "mcp/ping/plain"];
    let flags = ["--audit", "none", "--deadline", "500ms", "--revision", "2025-11-25"];
    let done = run(&[&["--target", &target.url], &flags[..], &cases[..]].concat());
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.totals().starts_with("verdicts 2:"), "{done:#?}");
    assert!(!done.totals().contains(" 2 pass"), "{done:#?}");
    assert!(done.seconds < 25.0, "{} s", done.seconds);
    assert!(done.peak_kib < 200 * 1024, "{} KiB", done.peak_kib);
    #[cfg(target_os = "linux")]
    assert!(done.peak_kib > 0);
    done
}

#[test]
fn resets() {
    let done = attacked(|stream, _| {
        // Closing with a linger time of zero resets the connection.
        let _ = SockRef::from(&*stream).set_linger(Some(Duration::ZERO));
        false
    });
    assert!(done.out.contains("connection"), "{}", done.out);
}

#[test]
fn sends_half_a_head() {
    attacked(|stream, _| send_last(stream, "HTTP/1.1 200 OK\r\nContent-Ty"));
}

#[test]
fn sends_half_a_head_and_waits() {
    let done = attacked(|stream, _| send(stream, "HTTP/1.1 200 OK\r\nContent-Ty"));
    assert!(done.out.contains("no answer within"), "{}", done.out);
}

#[test]
fn floods_with_a_body() {
    attacked(|stream, _| {
        flood(stream, "Content-Type: text/plain\r\nContent-Length: 104857600", b"x", 104_857_600)
    });
}

#[test]
fn floods_with_numbers() {
    attacked(|stream, message| {
        let begin = format!(r#"{{"jsonrpc":"2.0","id":{},"result":[1"#, message["id"]);
        let length = begin.len() + 5_000_000 * 2 + 2;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{begin}"
        );
        send(stream, &head) && pour(stream, b",1", 10_000_000) && send(stream, "]}")
    });
}

#[test]
fn floods_with_answers() {
    attacked(|stream, message| {
        let event =
            format!("data: {{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":{{}}}}\n\n", message["id"]);
        flood(stream, "Content-Type: text/event-stream", event.as_bytes(), 104_857_600)
    });
}

#[test]
fn floods_with_chunks() {
    attacked(|stream, _| {
        let head = "Content-Type: application/json\r\nTransfer-Encoding: chunked";
        flood(stream, head, b"1\r\n[\r\n", 104_857_600)
    });
}

#[test]
fn comments_for_ever() {
    let done = attacked(|stream, _| {
        let mut alive = flood(stream, "Content-Type: text/event-stream", b"", 0);
        while alive {
            alive = send(stream, ": keep-alive\n\n");
            thread::sleep(Duration::from_millis(20));
        }
        false
    });
    assert!(done.out.contains("no answer within"), "{}", done.out);
}

#[test]
fn sends_garbage() {
    attacked(|stream, _| stream.write_all(&[0, 255, 13, 10, 13, 10, 128, 7].repeat(20)).is_ok());
}

#[test]
fn sends_garbage_in_a_body() {
    attacked(|stream, _| send(stream, &answer("{\"jsonrpc\":\"2.0\",\u{0}\u{1b}[2J")));
}

#[test]
fn sends_an_endless_header() {
    attacked(|stream, _| {
        send(stream, "HTTP/1.1 200 OK\r\nX-Long: ") && pour(stream, b"x", 1_048_576)
    });
}

#[test]
fn sends_a_nest() {
    attacked(|stream, _| send(stream, &answer(&"[".repeat(1_000_000))));
}

/// Sends a head with these fields, and this many bytes of a text again and again.
fn flood(stream: &mut TcpStream, fields: &str, text: &[u8], bytes: usize) -> bool {
    send(stream, &format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n")) && pour(stream, text, bytes)
}

fn pour(stream: &mut TcpStream, text: &[u8], bytes: usize) -> bool {
    if bytes == 0 {
        return true;
    }
    let block = text.repeat(bytes.min(65_536) / text.len());
    (0..bytes / block.len()).all(|_| stream.write_all(&block).is_ok())
        && stream.write_all(&text.repeat(bytes % block.len() / text.len())).is_ok()
}

#[test]
fn floods_in_many_cases_at_once() {
    let target = hostile(|stream: &mut TcpStream, _: &Value| {
        flood(stream, "Content-Type: text/plain\r\nContent-Length: 104857600", b"x", 104_857_600)
    });
    let flags = ["--audit", "none", "--deadline", "500ms", "--revision", "2025-11-25"];
    let done = run(&[&["--target", &target.url], &flags[..], &["jsonrpc/version"]].concat());
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.peak_kib < 200 * 1024, "{} KiB", done.peak_kib);
}
