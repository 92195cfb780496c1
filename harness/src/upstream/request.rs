//! Reads one HTTP/1.1 request (RFC 9112), within bounds. What is no request ends the connection, and
//! is kept as it came.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::runner::keys::now;
use crate::wire::arrival::Arrival;
use crate::wire::envelope::{Header, find};
use crate::wire::json::parse;

/// Bytes of a request's head.
const MOST_HEAD: usize = 64 * 1024;
/// Bytes of a body.
const MOST_BODY: usize = 16 * 1024 * 1024;
/// Header fields.
const MOST_HEADERS: usize = 128;
/// How long a connection may lie idle, or a request take to come.
const IDLE: Duration = Duration::from_secs(60);

/// What came over a connection.
pub(super) enum Came {
    /// A request.
    Request(Arrival),
    /// Something that is none.
    Garbage(Arrival),
    /// The end, or nothing for a long time.
    End,
}

/// The head of a request, and how its body ends.
struct Head {
    method: String,
    path: String,
    headers: Vec<Header>,
    size: usize,
}

impl Head {
    fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(find(&self.headers, name)?).ok()
    }

    fn is_chunked(&self) -> bool {
        let coding = self.header("transfer-encoding");
        coding.is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"))
    }

    fn length(&self) -> usize {
        self.header("content-length").and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }
}

/// The next request; bytes behind it stay in `input`.
pub(super) async fn read(stream: &mut TcpStream, input: &mut Vec<u8>) -> Came {
    match timeout(IDLE, whole(stream, input)).await {
        Ok(Some(came)) => came,
        Ok(None) | Err(_) => Came::End,
    }
}

async fn whole(stream: &mut TcpStream, input: &mut Vec<u8>) -> Option<Came> {
    let head = loop {
        match parse_head(input) {
            Ok(Some(head)) => break head,
            Ok(None) if input.len() <= MOST_HEAD => more(stream, input).await?,
            Ok(None) | Err(()) => return Some(Came::Garbage(garbage(input))),
        }
    };
    if head.header("expect").is_some_and(|it| it.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
    }
    let mut body = Vec::new();
    input.drain(..head.size);
    let done = if head.is_chunked() {
        chunks(stream, input, &mut body).await?
    } else {
        let length = head.length().min(MOST_BODY);
        while input.len() < length {
            more(stream, input).await?;
        }
        body.extend(input.drain(..length));
        head.length() <= MOST_BODY
    };
    let arrival = Arrival {
        at: now(),
        method: head.method,
        path: head.path,
        headers: head.headers,
        message: parse(&body).ok(),
        body,
    };
    Some(if done { Came::Request(arrival) } else { Came::Garbage(arrival) })
}

/// None at the end of the input.
async fn more(stream: &mut TcpStream, input: &mut Vec<u8>) -> Option<()> {
    let mut part = [0; 16 * 1024];
    match stream.read(&mut part).await {
        Ok(0) | Err(_) => None,
        Ok(count) => {
            input.extend(part.get(..count).unwrap_or_default());
            Some(())
        }
    }
}

fn parse_head(input: &[u8]) -> Result<Option<Head>, ()> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(input).map_err(drop)? {
        httparse::Status::Partial => Ok(None),
        httparse::Status::Complete(size) => {
            let header = |field: &httparse::Header<'_>| Header::new(field.name, field.value);
            let headers = request.headers.iter().map(header).collect();
            let method = request.method.unwrap_or_default().to_owned();
            let path = request.path.unwrap_or_default().to_owned();
            Ok(Some(Head { method, path, headers, size }))
        }
    }
}

/// A body in chunks; false where it is malformed or too long.
async fn chunks(stream: &mut TcpStream, input: &mut Vec<u8>, body: &mut Vec<u8>) -> Option<bool> {
    loop {
        match httparse::parse_chunk_size(input) {
            Ok(httparse::Status::Partial) if input.len() <= MOST_HEAD => {
                more(stream, input).await?
            }
            Ok(httparse::Status::Complete((start, size))) => {
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                if size.saturating_add(body.len()) > MOST_BODY {
                    return Some(false);
                }
                while input.len() < start + size + 2 {
                    more(stream, input).await?;
                }
                body.extend(input.drain(..start + size + 2).skip(start).take(size));
                if size == 0 {
                    return Some(true);
                }
            }
            Ok(httparse::Status::Partial) | Err(_) => return Some(false),
        }
    }
}

/// What came, as far as it is kept.
fn garbage(input: &[u8]) -> Arrival {
    let body = input.get(..MOST_HEAD).unwrap_or(input).to_vec();
    let (method, path) = (String::new(), String::new());
    Arrival { at: now(), method, path, headers: Vec::new(), body, message: None }
}
