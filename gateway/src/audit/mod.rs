//! The audit log: one record for every message that reaches the endpoint.

mod entry;
mod record;
mod trail;

pub(crate) use entry::Entry;
pub(crate) use record::{ErrorInformation, Record, Status, new_id};
pub(crate) use trail::{Outgoing, Outlets, RecordContext, Settling, Trail, line};

/// `call_type` of what is refused before it is known what is called.
pub(crate) const PROTOCOL_ERROR: &str = "call_mcp_protocol_error";
