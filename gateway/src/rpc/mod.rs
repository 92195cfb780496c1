//! JSON-RPC 2.0: messages in, answers out.

mod answer;
mod envelope;
mod id;
mod message;
mod params;

pub(crate) use answer::{Answer, ErrorObject, code};
pub(crate) use envelope::read_message;
pub(crate) use id::{Echo, IdMember, read_id};
pub(crate) use message::{Defect, DefectKind, Message, Params, Request, Sketch};
pub(crate) use params::{
    CallParams, InitializeParams, check_cursor, check_meta, progress_token, text_member,
    traceparent,
};
