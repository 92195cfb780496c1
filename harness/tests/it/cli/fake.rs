//! A target that answers the handshake and the list of tools, and does what a test says with
//! everything else.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// What the target does with a message that is neither handshake nor list of tools. It says whether
/// the connection lives on.
pub(super) type Deed = fn(&mut TcpStream, &Value) -> bool;

/// A target on a free port of the loopback, until the test binary ends.
pub(super) struct Fake {
    pub(super) url: String,
    /// How many messages came that were no part of a handshake.
    pub(super) deeds: Arc<AtomicUsize>,
}

/// A target that is well only until the handshake is over.
pub(super) fn hostile(deed: Deed) -> Fake {
    serve(move |stream, message| match polite(message) {
        Some(answer) => send(stream, &answer),
        None => deed(stream, message),
    })
}

/// A target that does the same with every message.
pub(super) fn rude(deed: Deed) -> Fake {
    serve(deed)
}

/// A target that is well, but for its very first message, which it never answers.
pub(super) fn loading() -> Fake {
    let first = AtomicUsize::new(0);
    serve(move |stream, message| {
        if first.fetch_add(1, Ordering::SeqCst) == 0 {
            thread::sleep(Duration::from_secs(2));
            return false;
        }
        polite(message).is_some_and(|answer| send(stream, &answer))
    })
}

fn serve(act: impl Fn(&mut TcpStream, &Value) -> bool + Send + Sync + 'static) -> Fake {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let deeds = Arc::new(AtomicUsize::new(0));
    let (counter, act) = (Arc::clone(&deeds), Arc::new(act));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (counter, act) = (Arc::clone(&counter), Arc::clone(&act));
            thread::spawn(move || attend(stream, &counter, &*act));
        }
    });
    Fake { url, deeds }
}

fn attend(
    mut stream: TcpStream,
    deeds: &AtomicUsize,
    act: &dyn Fn(&mut TcpStream, &Value) -> bool,
) {
    // The harness may have left; then this thread must not stay for ever.
    let _ = stream.set_write_timeout(Some(Duration::from_secs(10)));
    let Ok(mut reader) = stream.try_clone().map(BufReader::new) else { return };
    while let Some(message) = read(&mut reader) {
        if polite(&message).is_none() {
            deeds.fetch_add(1, Ordering::SeqCst);
        }
        if !act(&mut stream, &message) {
            return;
        }
    }
}

/// The message of one request; null where its body is no JSON text.
fn read(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// What a well target answers to the handshake and the list of tools.
fn polite(message: &Value) -> Option<String> {
    let result = match message["method"].as_str()? {
        "initialize" => json!({
            "protocolVersion": message["params"]["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "fake", "version": "1"},
        }),
        "tools/list" => json!({"tools": []}),
        "notifications/initialized" => {
            return Some("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_owned());
        }
        _ => return None,
    };
    Some(answer(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}).to_string()))
}

/// A whole answer with this JSON text.
pub(super) fn answer(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Sends a text; says whether that went well.
pub(super) fn send(stream: &mut TcpStream, text: &str) -> bool {
    stream.write_all(text.as_bytes()).is_ok()
}

/// Sends a text and closes the connection.
pub(super) fn send_last(stream: &mut TcpStream, text: &str) -> bool {
    send(stream, text);
    false
}
