//! Generation: base messages, edits and rendering. Never looks at the oracle.

pub mod base;
pub mod bytes;
pub mod message;
pub mod modern;
pub mod render;
