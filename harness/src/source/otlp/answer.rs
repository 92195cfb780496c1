//! What a sender of OTLP is answered, in the encoding in which it sent.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::source::receiver::answer;

/// `INVALID_ARGUMENT` of google.rpc.Code.
const INVALID_ARGUMENT: u8 = 3;

/// The encoding of a delivery.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    /// `application/x-protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
    /// Not spoken here.
    Grpc,
}

impl Format {
    /// The encoding of a content type without its parameters.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        match content_type.to_ascii_lowercase().as_str() {
            "application/x-protobuf" | "application/protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            other if other.starts_with("application/grpc") => Some(Self::Grpc),
            _ => None,
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf | Self::Grpc => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    /// An empty `ExportTraceServiceResponse`, or that of logs or metrics: all of it was accepted.
    pub(super) fn accepted(self) -> Response {
        let body = match self {
            Self::Protobuf | Self::Grpc => "",
            Self::Json => "{}",
        };
        answer(StatusCode::OK, self.content_type(), body)
    }

    /// A `google.rpc.Status` that says why nothing of it was accepted.
    pub(super) fn refused(self, why: &str) -> Response {
        let body = match self {
            Self::Protobuf | Self::Grpc => status(why),
            Self::Json => {
                json!({"code": INVALID_ARGUMENT, "message": why}).to_string().into_bytes()
            }
        };
        answer(StatusCode::BAD_REQUEST, self.content_type(), body)
    }
}

/// `google.rpc.Status` in protobuf: `code` is field 1, `message` field 2.
fn status(message: &str) -> Vec<u8> {
    let mut body = vec![0x08, INVALID_ARGUMENT, 0x12];
    // A vector has room for any length.
    let _ = prost::encode_length_delimiter(message.len(), &mut body);
    body.extend_from_slice(message.as_bytes());
    body
}
