//! JSON-RPC 2.0: messages in, answers out.

mod answer;
mod envelope;
mod id;
mod params;

pub(crate) use answer::{Answer, ErrorObject, code};
pub(crate) use envelope::{Defect, Message, Params, Request, Sketch, read_message};
pub(crate) use id::{Echo, IdMember, read_id};
pub(crate) use params::CallParams;
pub(crate) use params::{InitializeParams, check_cursor, check_meta};
