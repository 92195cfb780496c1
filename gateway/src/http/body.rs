//! Reads a body within its limits.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::serve::Refusal;

/// Longer bodies are refused: 4 MiB.
const BODY_LIMIT: usize = 4 << 20;
/// Of a body that is too long this much is read and thrown away, so that the caller, who writes
/// first and reads then, sees the refusal and not a broken connection: 512 MiB.
const DRAIN_LIMIT: usize = 512 << 20;
/// A body must have arrived after this time.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// The whole body.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    if announces_too_much(headers) && headers.contains_key(header::EXPECT) {
        // The caller waits for our word before it sends (RFC 9110 section 10.1.1).
        return Err(too_large());
    }
    timeout(BODY_DEADLINE, collect(body)).await.unwrap_or_else(|_| {
        let message = "the body did not arrive in time";
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", message))
    })
}

fn announces_too_much(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
        .is_some_and(|length| length > BODY_LIMIT as u64)
}

async fn collect(body: Body) -> Result<Bytes, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut collected = BytesMut::new();
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| broken())?;
        length += chunk.len();
        if length > DRAIN_LIMIT {
            break;
        }
        if length <= BODY_LIMIT {
            collected.extend_from_slice(&chunk);
        } else {
            collected = BytesMut::new();
        }
    }
    if length > BODY_LIMIT {
        return Err(too_large());
    }
    Ok(collected.freeze())
}

fn too_large() -> Refusal {
    let message = "the body is longer than 4 MiB";
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message)
}

fn broken() -> Refusal {
    let message = "the body ended before its time";
    Refusal::new(StatusCode::BAD_REQUEST, "ClientDisconnected", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn four_mebibytes_are_the_limit() {
        let body = |length: usize| Body::from(vec![b' '; length]);
        let headers = HeaderMap::new();
        assert_eq!(read(&headers, body(BODY_LIMIT)).await.expect("it fits").len(), BODY_LIMIT);
        assert!(read(&headers, body(BODY_LIMIT + 1)).await.is_err());
    }
}
