//! A sender for tests.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::source::{Line, Locator, Source};

/// A source that receives at a port of its own choice, and its address.
pub(in crate::source) fn opened(source: Source) -> (Source, String) {
    let name = source.name(&Locator::None);
    let (_, address) = name.split_once(':').expect("a locator");
    assert!(!address.ends_with(":0"), "{address} is a real one");
    let address = address.to_owned();
    (source, address)
}

/// Sends bytes and reads until the connection is closed.
pub(in crate::source) async fn send(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    // A receiver that is down may close before it is written.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A request; `more` are further header lines.
pub(in crate::source) fn request(method: &str, path: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Bytes as gzip.
pub(in crate::source) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).expect("packed");
    packer.finish().expect("packed")
}

/// The texts and complaints that come, once anything comes.
pub(in crate::source) async fn next(source: &mut Source) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let lines = source.poll().await.expect("polled");
        if !lines.is_empty() {
            let text = |line| match line {
                Line::Text(text) => text,
                Line::Unreadable { why, .. } => format!("unreadable: {why}"),
            };
            return lines.into_iter().map(text).collect();
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "nothing came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
