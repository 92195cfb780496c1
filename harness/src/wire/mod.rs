//! What goes over the wire, without loss: JSON text, envelopes, ids, SSE, and what was delivered.

pub mod arrival;
pub mod delivery;
pub mod envelope;
pub mod id;
pub mod json;
pub mod life;
pub mod methods;
pub mod mirror;
pub mod number;
pub mod revision;
pub mod sse;
pub mod text;
pub mod transport;
