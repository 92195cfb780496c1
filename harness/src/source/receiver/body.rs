//! Reading the body of a delivery: within the bounds of one body and of the queue.

use std::sync::Arc;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;

use super::queue::{Queue, Room};
use crate::source::Line;
use crate::source::tail::unreadable;

/// Bytes of a body that breaks off that are kept for the report.
const BEGINNING: usize = 1024;

/// A whole body and its room in the queue.
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    pub(super) room: Room,
}

/// Why a body is not kept.
pub(super) enum Failed {
    /// The queue is full.
    Full,
    /// It is longer than a body may be: what is told of it.
    TooLong(Line),
    /// It broke off or took too long: what is told of it.
    Broken(Line),
}

/// Reads a body of at most `longest` bytes. What is too much is read and let go, so that the sender gets its answer.
pub(super) async fn read(body: Body, queue: &Arc<Queue>, longest: usize) -> Result<Whole, Failed> {
    let mut chunks = body.into_data_stream();
    let Some(mut room) = queue.room() else {
        return pass_over(chunks, Failed::Full).await;
    };
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            return Err(Failed::Broken(cut("the delivery broke off or took too long", &bytes)));
        };
        if bytes.len() + chunk.len() > longest {
            let told = cut(&format!("a delivery longer than {longest} bytes"), &bytes);
            drop((bytes, room));
            return pass_over(chunks, Failed::TooLong(told)).await;
        }
        if !room.grow(chunk.len()) {
            drop((bytes, room));
            return pass_over(chunks, Failed::Full).await;
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Whole { bytes, room })
}

/// Reads the rest and keeps nothing of it; the connection's deadline bounds the time.
async fn pass_over(mut chunks: BodyDataStream, failed: Failed) -> Result<Whole, Failed> {
    while let Some(Ok(_)) = chunks.next().await {}
    Err(failed)
}

fn cut(why: &str, bytes: &[u8]) -> Line {
    unreadable(why, bytes.get(..bytes.len().min(BEGINNING)).unwrap_or_default())
}
