//! A webhook that we serve: whatever is posted to it, on any path, is a delivery of records.
//!
//! The body alone decides what it holds, since senders name every form of it `application/json`.

mod lines;
pub(super) mod manner;
#[cfg(test)]
mod tests;

use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::error::SourceError;
use super::receiver::{Delivery, Encoding, Limits, Protocol, Receiver, Room, Taken, answer, text};
use super::tail::unreadable;

/// Listens at `HOST:PORT`.
pub(super) async fn open(address: &str) -> Result<Receiver, SourceError> {
    Receiver::listen(address, Webhook, Limits::default()).await
}

struct Webhook;

impl Protocol for Webhook {
    const SCHEME: &'static str = "webhook";

    fn refuse(&self, head: &Parts) -> Option<Response> {
        match head.method {
            Method::POST | Method::PUT => None,
            Method::GET | Method::HEAD => Some(text(
                StatusCode::OK,
                "mcp-gauntlet listens here: POST audit records as JSON\n",
            )),
            _ => Some(text(StatusCode::METHOD_NOT_ALLOWED, "POST or PUT audit records as JSON\n")),
        }
    }

    /// Answers before anything is unpacked or parsed.
    fn take(&self, head: &Parts, bytes: Vec<u8>, _: &mut Room) -> Taken {
        match Encoding::of(&head.headers) {
            Ok(encoding) => Taken {
                kept: Some(Delivery::new(move || lines::of_packed(encoding, bytes))),
                answer: answer(StatusCode::OK, "application/json", "{}"),
            },
            Err(name) => Taken {
                kept: Some(Delivery::new(move || {
                    vec![unreadable(
                        &format!("Content-Encoding `{name}` is not understood"),
                        &bytes,
                    )]
                })),
                answer: text(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "send gzip, deflate or plain JSON\n",
                ),
            },
        }
    }
}
