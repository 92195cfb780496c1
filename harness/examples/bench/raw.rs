//! The yardstick: prebuilt bytes over kept connections; of each answer only the end is looked for.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::stage::{Failure, Stage};

/// Exchanges a second.
pub(crate) async fn rate(
    stage: &Stage,
    connections: usize,
    time: Duration,
) -> Result<f64, Failure> {
    let request = request(stage).await?;
    let address = stage.endpoint.host_header();
    let mut streams = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(&address).await?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for stream in streams {
        tasks.spawn(exchange(stream, request.clone(), begun + time));
    }
    let mut count: u32 = 0;
    while let Some(done) = tasks.join_next().await {
        count += done??;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// The bytes of the stimulus.
async fn request(stage: &Stage) -> Result<Vec<u8>, Failure> {
    let envelope = stage.envelope().await?;
    let mut bytes = Vec::new();
    let (path, host) = (stage.endpoint.path(), stage.endpoint.host_header());
    bytes.extend_from_slice(format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n").as_bytes());
    for header in &envelope.headers {
        bytes.extend_from_slice(header.name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(&header.value);
        bytes.extend_from_slice(b"\r\n");
    }
    let length = envelope.body.len();
    bytes.extend_from_slice(format!("Content-Length: {length}\r\n\r\n").as_bytes());
    bytes.extend_from_slice(&envelope.body);
    Ok(bytes)
}

async fn exchange(mut stream: TcpStream, request: Vec<u8>, until: Instant) -> Result<u32, Failure> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut count = 0;
    while Instant::now() < until {
        stream.write_all(&request).await?;
        buffer.clear();
        while !is_whole(&buffer)? {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err("the gateway closed the connection".into());
            }
        }
        count += 1;
    }
    Ok(count)
}

/// Whether a whole answer of status 200 is there.
fn is_whole(bytes: &[u8]) -> Result<bool, Failure> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(false) };
    if response.code != Some(200) {
        return Err(format!("the gateway answers {:?}", response.code).into());
    }
    let mut lengths = response.headers.iter().filter(|header| is_length(header));
    let length = lengths.next().ok_or("an answer without Content-Length")?;
    let length: usize = std::str::from_utf8(length.value)?.parse()?;
    Ok(bytes.len() >= head + length)
}

fn is_length(header: &httparse::Header<'_>) -> bool {
    header.name.eq_ignore_ascii_case("content-length")
}
