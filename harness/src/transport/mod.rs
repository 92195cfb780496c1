//! Transports: they carry an [`Envelope`](crate::wire::envelope::Envelope) to the target and bring
//! back a [`Delivery`](crate::wire::delivery::Delivery).
//!
//! A transport knows no case and no expectation, judges nothing and never tries again.

pub mod endpoint;
pub mod raw_http;
pub mod stdio;
pub mod until;
