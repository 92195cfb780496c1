//! Lanes against scripted servers of plain sockets that misbehave on purpose.

mod hostile;
mod keep_alive;
mod plain;
mod secure;
mod streams;

use super::{Client, Lane, Limits};
use crate::transport::endpoint::Endpoint;
use crate::transport::until::Until;
use crate::wire::delivery::{Delivery, End};
use crate::wire::envelope::{Envelope, Header};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longer than any exchange that is expected to end by itself.
const AMPLE: Duration = Duration::from_secs(30);

/// A server of a known number of connections, one after the other.
struct Server {
    port: u16,
    thread: JoinHandle<()>,
}

impl Server {
    /// Gives each connection and its number (from 0) to `script`; the connection is closed after it.
    fn new(connections: usize, mut script: impl FnMut(usize, TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            for number in 0..connections {
                let (stream, _) = listener.accept().unwrap();
                stream.set_nodelay(true).unwrap();
                script(number, stream);
            }
        });
        Self { port, thread }
    }

    /// Reads one request on one connection, writes `answer` and closes.
    fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::new(1, move |_, mut stream| {
            read_request(&mut stream);
            stream.write_all(&answer).unwrap();
        })
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&format!("http://127.0.0.1:{}/mcp", self.port)).unwrap()
    }

    fn lane(&self, limits: Limits) -> Lane {
        Client::new(self.endpoint(), limits).unwrap().lane()
    }

    /// Sends one message, waits for the script to end and hands out what came back.
    async fn exchange(self, limits: Limits, until: Until) -> Delivery {
        let delivery = self.lane(limits).exchange(&post("{}"), AMPLE, until).await;
        self.end();
        delivery
    }

    /// Waits for the script and fails if it did.
    fn end(self) {
        self.thread.join().unwrap();
    }
}

fn post(body: impl Into<Vec<u8>>) -> Envelope {
    let headers = vec![Header::new("Content-Type", "application/json")];
    Envelope { method: "POST".to_owned(), path: None, headers, body: body.into() }
}

fn get() -> Envelope {
    Envelope { method: "GET".to_owned(), path: None, headers: Vec::new(), body: Vec::new() }
}

/// Reads a head and the body that its Content-Length announces; nothing when the peer has closed.
fn read_request(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => bytes.push(byte[0]),
            _ => return bytes,
        }
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.map_or(0, |text| text.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    bytes.extend_from_slice(&body);
    bytes
}

/// Waits until the peer closes or resets, throwing away what it still sends.
fn until_closed(stream: &mut impl Read) {
    let mut waste = [0; 65536];
    while stream.read(&mut waste).is_ok_and(|count| count > 0) {}
}

/// Closes with a reset instead of an end.
fn reset(stream: TcpStream) {
    let socket = socket2::Socket::from(stream);
    socket.set_linger(Some(Duration::ZERO)).unwrap();
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn status(delivery: &Delivery) -> Option<u16> {
    delivery.response.as_ref().map(|response| response.status)
}

fn body(delivery: &Delivery) -> String {
    let body = delivery.response.as_ref().map(|response| response.body.clone());
    String::from_utf8(body.unwrap_or_default()).unwrap()
}

#[track_caller]
fn assert_not_http(delivery: &Delivery, part: &str) {
    let End::NotHttp(text) = &delivery.end else { panic!("{:?}", delivery.end) };
    assert!(text.contains(part), "{text}");
}
